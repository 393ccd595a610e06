import { AppError } from '../../../shared/app-error.ts'
import type { StoreId } from '../../../shared/ids.ts'
import type { PushRejection } from '../../../shared/push.ts'
import { maxRejectionsTold } from '../../../shared/push-result.ts'
import { storeIdPattern } from '../../../shared/store-id-pattern.ts'
import { otherTypeOf } from '../csv/file-types.ts'
import { headerIn } from '../csv/header.ts'
import { readObservation } from '../rows/observation.ts'
import { createPollRows } from '../rows/poll-rows.ts'
import { readRowsOf } from '../rows/read-rows.ts'
import { quoted, storeIdProblem, type RowCollector } from '../rows/row-collector.ts'
import type { Push } from './push-message.ts'
import { createPushedPolls, type PushedPolls, type PushedWeek } from './pushed-polls.ts'

/** What a push says. */
export interface ReadPush {
  /** Each store and week once. */
  readonly weeks: readonly PushedWeek[]
  /** Those that keep every rule, and those that do not. */
  readonly accepted: number
  readonly rejected: number
  /** The first of those. */
  readonly rejections: readonly PushRejection[]
}

/** Without the polls of `others`. Throws an `invalid` AppError for what is not of its format. */
export async function readPush(push: Push, others: ReadonlySet<string> = new Set()): Promise<ReadPush> {
  switch (push.format) {
    case 'csv':
      return readCsv(push, others)
    case 'ndjson':
      return readItems(linesOf(push), push, others)
    case 'json':
      return readItems(itemsOf(push), push, others)
  }
}

/** The same whether there is such a store or not. */
function ofOthers(storeId: string): string {
  return `store_id ${quoted(storeId)} is none of a store whose polls this key may push`
}

async function readCsv({ bytes, firstRow, takenInAt }: Push, others: ReadonlySet<string>): Promise<ReadPush> {
  const otherType = otherTypeOf(Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 2048)))
  if (otherType !== undefined) throw new AppError('invalid', `the body ${otherType}`)
  const chunks = ReadableStream.from([bytes])
  const header = await headerIn(ReadableStream.from([bytes]), 'the body')
  if (header.kind === undefined) throw new AppError('invalid', `the body ${header.reason}`)
  if (header.kind !== 'polls') {
    throw new AppError(
      'invalid',
      `the body has ${header.kind}, and only polls are pushed: send other files to POST /imports`,
    )
  }
  const rows = withoutOthers(createPollRows(header, takenInAt), header.columns.store_id, others)
  const content = { chunks, bytesRead: () => bytes.length }
  await using read = await readRowsOf(content, header, rows, { rowsPerStep: Infinity })
  const [step] = read.steps // there is one, as no step is full
  const { storeIds, storeOfWeek, weeks, starts, lengths, words } = await step.prepare()
  const pushed = Array.from(weeks, (week, i) => ({
    storeId: storeIds[storeOfWeek[i]!]!,
    week,
    words: words.subarray(starts[i], starts[i]! + lengths[i]!),
  }))
  const rejections = read.rejections
    .slice(0, maxRejectionsTold)
    .map(({ line, reason }) => ({ row: line - 1 + firstRow, reason }))
  return { weeks: pushed, accepted: rows.size(), rejected: read.rejected, rejections }
}

function withoutOthers<Data>(
  rows: RowCollector<Data>,
  storeColumn: number,
  others: ReadonlySet<string>,
): RowCollector<Data> {
  if (others.size === 0) return rows
  return {
    ...rows,
    takeFirst: undefined, // it takes rows whoever's they are
    take(fields) {
      const storeId = fields[storeColumn]!.trim()
      return others.has(storeId) ? ofOthers(storeId) : rows.take(fields)
    },
  }
}

/** An object of JSON, or why there is none. */
interface Item {
  readonly row: number
  readonly value?: unknown
  readonly problem?: string
}

function* itemsOf({ bytes, firstRow }: Push): Generator<Item> {
  const body = parsed(textOf(bytes))
  if ('problem' in body) throw new AppError('invalid', `the body is not JSON: ${body.problem}`)
  const items = Array.isArray(body.value) ? (body.value as unknown[]) : [body.value]
  for (const [i, value] of items.entries()) yield { row: firstRow + i, value }
}

function* linesOf({ bytes, firstRow }: Push): Generator<Item> {
  const text = textOf(bytes)
  // One poll that is written over several lines.
  const whole = /^\s*\{\s*\n/.test(text) ? parsed(text) : undefined
  if (whole !== undefined && 'value' in whole) {
    yield { row: firstRow, value: whole.value }
    return
  }
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const row = firstRow + i
    const item = parsed(line)
    if ('value' in item) yield { row, value: item.value }
    else yield { row, problem: `the line is not JSON: ${item.problem}` }
  }
}

function parsed(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

function readItems(items: Iterable<Item>, { takenInAt }: Push, others: ReadonlySet<string>): ReadPush {
  const polls = createPushedPolls()
  const rejections: PushRejection[] = []
  let accepted = 0
  let rejected = 0
  for (const { row, value, problem } of items) {
    const reason = problem ?? takePoll(value, polls, { takenInAt, others })
    if (reason === undefined) {
      accepted++
      continue
    }
    rejected++
    if (rejections.length < maxRejectionsTold) rejections.push({ row, reason })
  }
  return { weeks: polls.weeks(), accepted, rejected, rejections }
}

/** The names of a poll's fields: as files have them, and as this API's JSON has them. */
const fieldNames = {
  store_id: ['store_id', 'storeId'],
  status: ['status'],
  timestamp_utc: ['timestamp_utc', 'timestampUtc'],
} as const
type FieldName = keyof typeof fieldNames

/** Adds the poll that an object is; why it cannot be taken, where it cannot. */
function takePoll(
  value: unknown,
  polls: PushedPolls,
  { takenInAt, others }: { readonly takenInAt: number; readonly others: ReadonlySet<string> },
): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `a poll is an object with ${Object.keys(fieldNames).join(', ')}, not ${quoted(JSON.stringify(value))}`
  }
  const item = value as Readonly<Record<string, unknown>>
  const storeId = textField(item, 'store_id')
  if (!storeIdPattern.test(storeId)) return missing(item, 'store_id') ?? storeIdProblem(storeId)
  if (others.has(storeId)) return ofOthers(storeId)
  const observed = readObservation(textField(item, 'status'), textField(item, 'timestamp_utc'), takenInAt)
  if (typeof observed === 'string') {
    return missing(item, 'status') ?? missing(item, 'timestamp_utc') ?? observed
  }
  polls.add(storeId as StoreId, observed.epochMs, observed.isActive)
  return undefined
}

/** A number for an id has lost digits where it has more than 15 of them. */
function textField(item: Readonly<Record<string, unknown>>, name: FieldName): string {
  const value = valueOf(item, name)
  if (typeof value === 'string') return value.trim()
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : ''
}

function missing(item: Readonly<Record<string, unknown>>, name: FieldName): string | undefined {
  const value = valueOf(item, name)
  if (value === undefined || value === null) return `${name} is missing`
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    return `${name} is the number ${value}, which has lost digits: send it as a text`
  }
  return typeof value === 'string' || typeof value === 'number'
    ? undefined
    : `${name} is ${quoted(JSON.stringify(value))}, and not a text`
}

function valueOf(item: Readonly<Record<string, unknown>>, name: FieldName): unknown {
  for (const one of fieldNames[name]) if (item[one] !== undefined) return item[one]
  return undefined
}
