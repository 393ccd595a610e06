import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Readable } from 'node:stream'
import { AppError } from '../../../shared/app-error.ts'
import type { PushedHour, PushResult } from '../../../shared/push.ts'
import { mediaTypes } from '../../../shared/report-file.ts'
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
  const { body, contentType, contentEncoding } = await bodyOf(context, path)
  const result = await withConnection(context, { ...options, mayCreate: true }, ({ client }) =>
    client.polls.send(body, { source: options.source, contentType, contentEncoding, signal: context.signal }),
  )
  if (options.json) await printJson(context, [result])
  else await printTable(context, columns, [result])
  if (result.rejected > 0) say(context, options, rejectedText(result))
}

function rejectedText({ rejected, rejections }: PushResult): string {
  const shown = rejections.slice(0, MOST_SHOWN)
  const lines = shown.map(({ row, reason }) => `\n  row ${row}: ${printable(reason)}`)
  const more = rejected > shown.length ? `\n  and ${formatCount(rejected - shown.length)} more` : ''
  const were = rejected === 1 ? 'was' : 'were'
  return `${formatAmount(rejected, 'poll')} ${were} rejected:${lines.join('')}${more}`
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

interface Body {
  readonly body: Blob | ReadableStream<Uint8Array>
  /** Undefined where the polls themselves are to tell. */
  readonly contentType: string | undefined
  readonly contentEncoding: 'gzip' | 'zstd' | undefined
}

async function bodyOf({ stdin }: CommandContext, path: string): Promise<Body> {
  if (path === '-') {
    return { body: ReadableStream.from(bytesOf(stdin())), contentType: undefined, contentEncoding: undefined }
  }
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new AppError('not-found', `there is no file ${path}`)
  if (!found.isFile()) throw new AppError('invalid', `${path} is no file: push one, or import the folder`)
  const contentEncoding = { '.gz': 'gzip', '.zst': 'zstd' }[extname(path)] as Body['contentEncoding']
  const name = contentEncoding === undefined ? path : path.slice(0, -extname(path).length)
  return { body: await openAsBlob(path), contentType: typeOf(extname(name)), contentEncoding }
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
