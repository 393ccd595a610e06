import { segmentCsvHeader, segmentCsvLine } from '../../../shared/insight-csv.ts'
import type { CommandContext } from '../context.ts'
import { explainPage } from '../explain-page.ts'
import { judgingOptionsOf, type JudgingCommandOptions } from '../judging-options.ts'
import { printable, write } from '../output.ts'
import { withData, type DataOptions } from '../with-data.ts'

export interface ExplainOptions extends DataOptions, JudgingCommandOptions {
  readonly since?: string
  readonly until?: string
  readonly format?: 'csv' | 'json'
  /** A stored report whose row is taken apart. */
  readonly report?: string
}

export async function runExplain(
  context: CommandContext,
  options: ExplainOptions,
  storeId: string,
): Promise<void> {
  const { since, until, report } = options
  if (report !== undefined) {
    const { runExplainReport } = await import('./explain-report.ts')
    return runExplainReport(context, { ...options, report }, storeId)
  }
  const { stdout, signal } = context
  await withData(context, options, async ({ ask }) => {
    const timeline = await ask((client) =>
      client.store.timeline.query({
        storeId,
        ...judgingOptionsOf(options),
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
      }),
    )
    signal.throwIfAborted()
    if (options.format === 'json') return write(stdout, `${JSON.stringify(timeline)}\n`)
    if (options.format === undefined && stdout.isTTY) {
      return write(stdout, explainPage(timeline).split('\n').map(printable).join('\n'))
    }
    await write(stdout, segmentCsvHeader + timeline.segments.map(segmentCsvLine).join(''))
  })
}
