import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Readable } from 'node:stream'
import { AppError } from '../../../shared/app-error.ts'
import type { PushedHour, PushResult } from '../../../shared/push.ts'
import { nothingPushed } from '../../../shared/push-result.ts'
import { mediaTypes } from '../../../shared/report-file.ts'
import type { StoreMonitorClient } from '../../client.ts'
import type { SendOptions } from '../../push-polls.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { printPages, type ListOptions } from '../listing.ts'
import {
  formatAmount,
  formatCount,
  printable,
  printJson,
  printTable,
  toTheMinute,
  type TableColumn,
} from '../output.ts'

export interface PushCommandOptions extends ConnectionOptions, MessageOptions {
  readonly json?: true
  readonly source: string
  readonly retries?: number
}

const columns: readonly TableColumn<PushResult>[] = [
  { head: 'ACCEPTED', align: 'right', cell: ({ accepted }) => formatCount(accepted) },
  { head: 'CHANGED', align: 'right', cell: ({ changed }) => formatCount(changed) },
  { head: 'REPEATED', align: 'right', cell: ({ repeated }) => formatCount(repeated) },
  { head: 'REJECTED', align: 'right', cell: ({ rejected }) => formatCount(rejected) },
  { head: 'FIRST POLL', cell: ({ firstPollAt }) => toTheMinute(firstPollAt) },
  { head: 'LAST POLL', cell: ({ lastPollAt }) => toTheMinute(lastPollAt) },
]

/** How many rejected polls are shown. */
const MOST_SHOWN = 10

export async function runPush(
  context: CommandContext,
  options: PushCommandOptions,
  path: string,
): Promise<void> {
  const file = path === '-' ? undefined : await openFile(path)
  const tell = createRejectionTeller(context, options)
  await withConnection(context, { ...options, mayCreate: true }, async ({ client }) => {
    const result =
      file === undefined
        ? await pushInput(context, options, client, tell)
        : await client.polls.send(file, {
            ...formOf(path),
            source: options.source,
            signal: context.signal,
          })
    tell(result)
    await printResult(context, options, result)
  })
  context.signal.throwIfAborted()
}

/** Lines as they come, which may have no end: Ctrl-C ends them, and what has come is sent. */
async function pushInput(
  context: CommandContext,
  options: PushCommandOptions,
  client: StoreMonitorClient,
  tell: (soFar: PushResult) => void,
): Promise<PushResult> {
  const input = context.stdin()
  let soFar = nothingPushed
  try {
    return await client.polls.pushLines(bytesOf(input), {
      source: options.source,
      endSignal: context.signal,
      ...(options.retries === undefined ? {} : { retries: options.retries }),
      onProgress(result) {
        // Where nothing is good of all there is, the error says so.
        if (soFar !== nothingPushed || result.accepted > 0) tell(result)
        soFar = result
      },
      onRetry: ({ message }) => say(context, options, `${message}; they are sent again`),
    })
  } catch (error) {
    if (soFar.accepted > 0) await printResult(context, options, soFar)
    throw error
  } finally {
    input.destroy() // else it is waited for
  }
}

async function printResult(
  context: CommandContext,
  { json }: PushCommandOptions,
  result: PushResult,
): Promise<void> {
  if (json) await printJson(context, [result])
  else await printTable(context, columns, [result])
}

/** Tells which polls were rejected since it was called before: the first one by one. */
function createRejectionTeller(
  context: CommandContext,
  options: PushCommandOptions,
): (soFar: PushResult) => void {
  let told = 0
  let shown = 0
  return ({ rejected, rejections }) => {
    const more = rejected - told
    if (more === 0) return
    const toShow = rejections.slice(told, told + Math.min(more, MOST_SHOWN - shown))
    const lines = toShow.map(({ row, reason }) => `\n  row ${row}: ${printable(reason)}`)
    const rest = more > toShow.length ? `\n  and ${formatCount(more - toShow.length)} more` : ''
    const were = more === 1 ? 'was' : 'were'
    say(context, options, `${formatAmount(more, 'poll')} ${were} rejected:${lines.join('')}${rest}`)
    told = rejected
    shown += toShow.length
  }
}

const hourColumns: readonly TableColumn<PushedHour>[] = [
  { head: 'HOUR', cell: ({ hour }) => toTheMinute(hour) },
  { head: 'SOURCE', cell: ({ source }) => source },
  { head: 'PUSHES', align: 'right', cell: ({ pushes }) => formatCount(pushes) },
  { head: 'ACCEPTED', align: 'right', cell: ({ accepted }) => formatCount(accepted) },
  { head: 'CHANGED', align: 'right', cell: ({ changed }) => formatCount(changed) },
  { head: 'REJECTED', align: 'right', cell: ({ rejected }) => formatCount(rejected) },
]

export async function runPushed(
  context: CommandContext,
  options: ConnectionOptions & ListOptions,
): Promise<void> {
  await withConnection(context, options, ({ client }) =>
    printPages(context, options, hourColumns, (page) => client.poll.pushed.query(page)),
  )
}

/** What a file is, as its name says; undefined where the polls themselves are to tell. */
function formOf(path: string): Pick<SendOptions, 'contentType' | 'contentEncoding'> {
  const contentEncoding = { '.gz': 'gzip', '.zst': 'zstd' }[extname(path)] as SendOptions['contentEncoding']
  const name = contentEncoding === undefined ? path : path.slice(0, -extname(path).length)
  return { contentType: typeOf(extname(name)), contentEncoding }
}

async function openFile(path: string): Promise<Blob> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new AppError('not-found', `there is no file ${path}`)
  if (!found.isFile()) throw new AppError('invalid', `${path} is no file: push one, or import the folder`)
  return openAsBlob(path)
}

/** It gives texts where an encoding was set. */
async function* bytesOf(input: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of input as AsyncIterable<Uint8Array | string>) {
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  }
}

function typeOf(extension: string): string | undefined {
  switch (extension) {
    case '.csv':
      return mediaTypes.csv
    case '.json':
      return 'application/json'
    case '.ndjson':
    case '.jsonl':
      return mediaTypes.ndjson
    default:
      return undefined
  }
}
