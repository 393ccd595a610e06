import type { CheckExample, CheckFinding } from '../../../shared/check.ts'
import { say, type CommandContext } from '../context.ts'
import { withCommandAsStarted } from '../hint.ts'
import { formatAmount, formatCount, printable, printJson, write } from '../output.ts'
import { withData, type DataOptions } from '../with-data.ts'

export interface CheckOptions extends DataOptions {
  readonly limit: number
  /** Each as label=value. */
  readonly group?: string[]
  readonly json?: true
}

export async function runCheck(context: CommandContext, options: CheckOptions): Promise<void> {
  await withData(context, options, async ({ client }, howToGoOn) => {
    const { limit, group } = options
    const { asOf, stores, findings } = await client.data.check.query({
      limit,
      ...(group === undefined ? {} : { labels: group }),
    })
    context.signal.throwIfAborted()
    if (options.json) await printJson(context, findings)
    else for (const finding of findings) await write(context.stdout, textOf(context, finding))
    const what = `${formatAmount(stores, 'store')}${asOf === null ? ' without polls' : ` and the week before ${asOf}`}`
    say(
      context,
      options,
      `${what}: ${findings.length === 0 ? 'nothing to doubt' : formatAmount(findings.length, 'finding')}`,
    )
    if (options.from !== undefined) say(context, options, howToGoOn)
  })
}

function textOf(context: CommandContext, { summary, remedy, first, count, check }: CheckFinding): string {
  const lines = first.map((example) => `    ${printable(exampleText(example))}\n`)
  const more = check === 'poller-outage' ? 0 : count - first.length
  return [
    `${printable(summary)}\n`,
    `  ${withCommandAsStarted(remedy, context)}\n`,
    ...lines,
    ...(more > 0 ? [`    … and ${formatCount(more)} more\n`] : []),
    '\n',
  ].join('')
}

function exampleText({ storeId, from, until, detail }: CheckExample): string {
  const what = storeId ?? `${from} to ${until}`
  return detail === null ? what : `${what}: ${detail}`
}
