import type { SimulatedCount, Simulation } from '../../../shared/incident.ts'
import { say, type CommandContext } from '../context.ts'
import { formatAmount, formatCount, printTable, write, type TableColumn } from '../output.ts'
import { withData, type DataOptions } from '../with-data.ts'

export interface SimulateOptions extends DataOptions {
  readonly since?: string
  readonly until?: string
  /** A file of rules. */
  readonly rules?: string
  readonly format?: 'csv' | 'json'
}

export async function runSimulate(context: CommandContext, options: SimulateOptions): Promise<void> {
  const { since, until, format } = options
  const rules = options.rules === undefined ? undefined : await rulesOf(options.rules)
  await withData(context, options, async ({ client }) => {
    const simulation = await client.incident.simulate.query({
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      ...(rules === undefined ? {} : { rules }),
    })
    const lines = simulation.days.map((day) => ({ ...day, what: whatOf(simulation, day) }))
    if (format === 'json') {
      await write(context.stdout, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    } else if (format === 'csv' || !context.stdout.isTTY) {
      await write(context.stdout, csvHeader + lines.map(csvLine).join(''))
    } else if (lines.length > 0) await printTable(context, columns, [...lines, ...sumsOf(lines)])
    say(context, options, inWords(simulation))
  })
}

async function rulesOf(path: string) {
  // Most commands do without.
  const { readAlertRulesFile } = await import('../../../server/config-file/alert-rules-file.ts')
  return readAlertRulesFile(path)
}

interface Line extends SimulatedCount {
  /** The rule, in words. */
  readonly what: string
}

function whatOf({ rules }: Simulation, { rule }: SimulatedCount): string {
  const { condition, store, group, ...further } = rules[rule]!
  const by = 'by' in further ? ` by ${further.by}` : ''
  const days = 'days' in further ? ` over ${further.days} d` : ''
  const scope = store ?? group?.join(' ')
  return `${condition}${by}${days}${scope === undefined ? '' : `, ${scope}`}`
}

const csvHeader = 'day,rule,what,opened,closed,held\n'

function csvLine({ day, rule, what, opened, closed, held }: Line): string {
  const text = /[",\n\r]/.test(what) ? `"${what.replaceAll('"', '""')}"` : what
  return `${[day, rule, text, opened, closed, held].join()}\n`
}

const columns: readonly TableColumn<Line>[] = [
  { head: 'DAY', cell: ({ day }) => day },
  { head: 'RULE', cell: ({ rule }) => String(rule), align: 'right' },
  { head: 'OF', cell: ({ what }) => what },
  { head: 'OPENED', cell: ({ opened }) => formatCount(opened), align: 'right' },
  { head: 'CLOSED', cell: ({ closed }) => formatCount(closed), align: 'right' },
  { head: 'HELD', cell: ({ held }) => formatCount(held), align: 'right' },
]

/** One for each rule, of all days. */
function sumsOf(lines: readonly Line[]): Line[] {
  const sums = new Map<number, Line>()
  for (const line of lines) {
    const { opened, closed, held } = sums.get(line.rule) ?? { opened: 0, closed: 0, held: 0 }
    sums.set(line.rule, {
      ...line,
      day: 'all days',
      opened: opened + line.opened,
      closed: closed + line.closed,
      held: held + line.held,
    })
  }
  return [...sums.values()].sort((a, b) => a.rule - b.rule)
}

function inWords({ since, until, days, stores }: Simulation): string {
  const opened = days.reduce((sum, day) => sum + day.opened, 0)
  const closed = days.reduce((sum, day) => sum + day.closed, 0)
  const of = `${formatAmount(stores, 'store')}, ${since.slice(0, 16)}Z to ${until.slice(0, 16)}Z`
  return `${of}: ${formatAmount(opened, 'opening')} and ${formatAmount(closed, 'end')} would have been told; nothing was sent`
}
