import { AppError } from '../../../shared/app-error.ts'
import { segmentCsvHeader, segmentCsvLine } from '../../../shared/insight-csv.ts'
import type { AnyRow, ReportExplanation } from '../../../shared/verification.ts'
import { withConnection } from '../connection.ts'
import { say, type CommandContext } from '../context.ts'
import { explainPage } from '../explain-page.ts'
import { printable, printJson, write } from '../output.ts'
import { rowDifference } from '../row-difference.ts'
import type { ExplainOptions } from './explain.ts'
import { likelyText } from './verify.ts'

/** How many periods that differ are shown. */
const MOST_SHOWN = 10

/** Takes a store's row of a stored report apart: what it says, what comes out now, and why. */
export async function runExplainReport(
  context: CommandContext,
  options: ExplainOptions & { readonly report: string },
  storeId: string,
): Promise<void> {
  refuseWhatTheReportSays(options)
  const { stdout, signal } = context
  await withConnection(context, options, async ({ client }) => {
    const explanation = await client.report.explain.query({ reportId: options.report, storeId })
    signal.throwIfAborted()
    const { timeline } = explanation
    if (options.format === 'json') return printJson(context, [explanation])
    const comparison = comparisonText(context, explanation)
    if (options.format === undefined && stdout.isTTY) {
      await write(stdout, `${comparison}\n`)
      if (timeline === null) return
      return write(stdout, explainPage(timeline).split('\n').map(printable).join('\n'))
    }
    say(context, options, comparison)
    await write(stdout, segmentCsvHeader + (timeline?.segments ?? []).map(segmentCsvLine).join(''))
  })
}

function refuseWhatTheReportSays(options: ExplainOptions): void {
  const { since, until, asOf, interpolation, reach, corrections, from } = options
  const given = Object.entries({ since, until, 'as-of': asOf, interpolation, reach, corrections, from }).find(
    ([, value]) => value !== undefined,
  )
  if (given === undefined) return
  throw new AppError(
    'invalid',
    `with --report leave out --${given[0]}: a stored report is explained as it was made`,
  )
}

function comparisonText(context: CommandContext, explanation: ReportExplanation): string {
  const { reportId, storeId, differs, stored, now, likely, timeline } = explanation
  if (!differs) return `${storeId}: as report ${reportId} has it`
  const gone = timeline === null ? `; store ${storeId} is gone` : ''
  const differing = rowPairs(stored, now)
    .map(([before, after]) => rowDifference(before, after))
    .filter((one) => one.stored !== one.now)
  const lines = differing
    .slice(0, MOST_SHOWN)
    .map(({ what, stored, now }) => `  ${what}: ${stored} in the report; ${now} now`)
  const more = differing.length - lines.length
  return [
    `${storeId}: not as report ${reportId} has it${gone}`,
    ...lines,
    ...(more > 0 ? [`  … and ${more} more`] : []),
    likelyText(context, likely),
  ]
    .map((text) => text.split('\n').map(printable).join('\n'))
    .join('\n')
}

function rowPairs(
  stored: readonly AnyRow[],
  now: readonly AnyRow[],
): (readonly [AnyRow | null, AnyRow | null])[] {
  const longer = stored.length > 0 ? stored : now
  return longer.map((_, i) => [stored[i] ?? null, now[i] ?? null])
}
