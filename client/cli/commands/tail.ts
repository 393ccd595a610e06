import type { StoreChange, StoreChanges } from '../../../shared/store-now.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { hint } from '../hint.ts'
import { printable, toTheMinute, write } from '../output.ts'

const HOUR_MS = 3_600_000

export interface TailOptions extends ConnectionOptions, MessageOptions {
  /** Each as label=value. */
  readonly group?: string[]
  readonly format?: 'json'
}

export async function runTail(
  context: CommandContext,
  options: TailOptions,
  storeId: string | undefined,
): Promise<void> {
  const { stdout, signal } = context
  const { group, format } = options
  const lineOf = format === 'json' ? jsonLine : textLine
  await withConnection(context, options, async ({ client, flags }) => {
    const only = {
      ...(storeId === undefined ? {} : { storeId }),
      ...(group === undefined ? {} : { labels: group }),
    }
    let isFirst = true
    // What looks for changes in this process does not keep it running.
    const running = setInterval(() => undefined, HOUR_MS)
    try {
      for await (const event of client.watchStores({ ...only, signal })) {
        if (isFirst) say(context, options, firstWords(event))
        else if (event.isResync) {
          const howToAsk = hint(context, 'top', ...flags)
          say(context, options, `more has changed than can be told; which stores are down: ${howToAsk}`)
        }
        isFirst = false
        await write(stdout, event.changes.map((change) => lineOf(event, change)).join(''))
      }
    } finally {
      clearInterval(running)
    }
  })
}

function firstWords({ asOf }: StoreChanges): string {
  return asOf === null ? 'there are no polls yet' : `the latest poll was at ${asOf}`
}

function jsonLine({ asOf }: StoreChanges, change: StoreChange): string {
  return `${JSON.stringify({ asOf, ...change })}\n`
}

function textLine({ asOf }: StoreChanges, change: StoreChange): string {
  const { storeId, name, from, to, since } = change
  const called = name === null ? storeId : `${storeId} (${printable(name)})`
  const now = to ?? 'deleted'
  const before = from === null ? 'new' : `was ${from}`
  const began = since === null ? '' : `, since ${toTheMinute(since)}`
  return `${asOf ?? ''}  ${now.padEnd(7)}  ${called}  ${before}${began}\n`
}
