import type { CheckExample, CheckFinding } from '../../../shared/check.ts'
import { say, type CommandContext } from '../context.ts'
import { withCommandAndFlags } from '../hint.ts'
import { formatAmount, formatCount, printable, printJson, write } from '../output.ts'
import { withData, type DataOptions } from '../with-data.ts'

export interface CheckOptions extends DataOptions {
  readonly limit: number
  /** Each as label=value. */
  readonly group?: string[]
  readonly json?: true
}

export async function runCheck(context: CommandContext, options: CheckOptions): Promise<void> {
  await withData(context, options, async ({ client }, howToGoOn, keptFlags) => {
    const { limit, group } = options
    const { asOf, stores, findings } = await client.data.check.query({
      limit,
      ...(group === undefined ? {} : { labels: group }),
    })
    context.signal.throwIfAborted()
    if (options.json) await printJson(context, findings)
    else for (const finding of findings) await write(context.stdout, textOf(context, finding, keptFlags))
    const what = `${formatAmount(stores, 'store')}${asOf === null ? ' without polls' : ` and the week before ${asOf}`}`
    say(
      context,
      options,
      `${what}: ${findings.length === 0 ? 'nothing to doubt' : formatAmount(findings.length, 'finding')}`,
    )
    if (options.from !== undefined) say(context, options, howToGoOn)
  })
}

function textOf(
  context: CommandContext,
  { summary, remedy, first, count, check }: CheckFinding,
  keptFlags: readonly string[],
): string {
  const lines = first.map((example) => `    ${printable(exampleText(example))}\n`)
  const more = check === 'poller-outage' ? 0 : count - first.length
  return [
    `${printable(summary)}\n`,
    `  ${withCommandAndFlags(remedy, context, keptFlags)}\n`,
    ...lines,
    ...(more > 0 ? [`    … and ${formatCount(more)} more\n`] : []),
    '\n',
  ].join('')
}

function exampleText({ storeId, from, until, detail }: CheckExample): string {
  const what = storeId ?? `${from} to ${until}`
  return detail === null ? what : `${what}: ${detail}`
}
