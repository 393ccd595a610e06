import { AppError } from '../../shared/app-error.ts'
import type { DataCheck } from '../../shared/check.ts'
import type { StoreMonitorClient } from '../client.ts'
import { say, type CommandContext, type MessageOptions } from './context.ts'
import { hint } from './hint.ts'
import { printable } from './output.ts'

const DOUBTS_SHOWN = 5

/** Says on stderr which figures to doubt, in short: a line for each finding, and how to see more. */
export async function sayDoubts(
  context: CommandContext,
  options: MessageOptions,
  client: StoreMonitorClient,
  /** What leads `check` to the same data. */
  flags: readonly string[],
  /** Only of the stores in these groups. */
  group?: string[],
): Promise<void> {
  if (options.quiet) return
  const findings = await findingsOf(client, group)
  const doubtful = findings.filter(({ isDoubtful }) => isDoubtful)
  if (doubtful.length === 0) return
  const ofGroup = (group ?? []).flatMap((label) => ['--group', label])
  say(context, options, 'Figures to doubt:')
  for (const { summary } of doubtful.slice(0, DOUBTS_SHOWN)) say(context, options, `  ${printable(summary)}`)
  say(context, options, `  … which, and what to do: ${hint(context, 'check', ...ofGroup, ...flags)}`)
}

/** None where the key may not ask for them: what was asked for is done all the same. */
async function findingsOf(
  client: StoreMonitorClient,
  group: string[] | undefined,
): Promise<DataCheck['findings']> {
  const asked = { limit: 1, ...(group === undefined ? {} : { labels: group }) }
  try {
    return (await client.data.check.query(asked)).findings
  } catch (error) {
    if (error instanceof AppError && error.code === 'forbidden') return []
    throw error
  }
}
