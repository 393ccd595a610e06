/** What is limited, and how far: the one table of it, from which settings, documentation and messages are made. */
import * as z from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { formatDuration, parseDuration } from '../../shared/duration.ts'
import { readBy } from '../../shared/read-by.ts'
import { formatSize, parseSize } from '../../shared/size.ts'

interface Reading {
  readonly parse: (text: string) => number
  /** As people read it. */
  readonly format: (value: number) => string
}

const counts: Reading = {
  parse(text) {
    if (/^\d{1,12}$/.test(text)) return Number(text)
    throw new AppError('invalid', 'write a whole number')
  },
  format: String,
}

const sizes: Reading = {
  parse(text) {
    const size = parseSize(text)
    if (size !== undefined) return size
    throw new AppError('invalid', 'write a number of bytes, or such as 64KiB or 100MB')
  },
  format: formatSize,
}

const durations: Reading = { parse: parseDuration, format: formatDuration }

function limit(
  { parse, format }: Reading,
  usual: string,
  description: string,
  [least, most]: readonly [number, number],
) {
  function read(text: string): number {
    const value = parse(text)
    if (value >= least && value <= most) return value
    throw new AppError('invalid', `at least ${format(least)} and at most ${format(most)} is allowed`)
  }
  return z
    .string()
    .transform(readBy(read))
    .prefault(usual)
    .describe(description)
    .meta({ usual, shown: format })
}

const count = (usual: number, description: string, least = 1, most = 1e9) =>
  limit(counts, String(usual), description, [least, most])
const bytes = (usual: string, description: string, least = 1) =>
  limit(sizes, usual, description, [least, 1e15])
/** In milliseconds. */
const duration = (usual: string, description: string) =>
  limit(durations, usual, description, [1000, 86_400_000])

export const limits = z.object({
  requestsByAddress: count(10_000, 'Requests from one address in a second, but for `/livez` and `/readyz`'),
  requestsByKey: count(10_000, 'Requests with one key, or of one account at a provider, in a second'),
  wrongKeys: count(20, 'Wrong keys, and failed sign-ins, from one address in a minute; right ones are taken'),
  connections: count(10_000, 'Connections at once'),
  connectionsByAddress: count(5000, 'Connections from one address at once'),
  headBytes: bytes('16KiB', 'The head of a request: its address and headers', 1024),
  headTime: duration('60s', 'How long a connection may take to send the head of a request'),
  bodySilence: duration('60s', 'How long the body of a request may say nothing'),
  answerSilence: duration('5m', 'How long an answer may wait for who reads it'),
  bodyBytes: bytes('64KiB', 'The body of a request that is neither a file nor polls', 1024),
  jsonDepth: count(32, 'How deep lists and objects may stand in each other in JSON', 8, 1000),
  textLength: count(50_000, 'Characters of a text in JSON or in a query', 200),
  batchCalls: count(20, 'Calls in a batch of tRPC'),
  batchRows: count(2000, 'Rows of the pages that a batch of tRPC asks for, in all'),
  eventStreams: count(5000, 'Streams of events at once'),
  eventStreamsByCaller: count(2000, 'Streams of events of one caller at once'),
  followers: count(1000, 'Who follow what changes of stores at once'),
  reports: count(10_000, 'Reports that wait or are computed'),
  reportsByCaller: count(2000, 'Likewise, of those that one caller asked for'),
  uploads: count(100, 'Files that are uploaded and imported at once, those that wait included'),
  uploadsByCaller: count(50, 'Likewise, of one caller'),
  uploadBytes: bytes('64GiB', 'A file that is uploaded'),
  keptUploadBytes: bytes('16GiB', 'What uploads that wait to be imported take of the database, packed'),
  freeDisk: bytes('32MiB', 'What uploads leave free where temporary files are', 0),
  pushArrayBytes: bytes('16MiB', 'An array of polls; lines of polls may be as many as there are', 1024),
  pushesWaitingBytes: bytes('64MiB', 'Pushed polls that wait to be written', 1024),
  unpackedBytes: bytes('64GiB', 'What a packed file may unpack to'),
  unpackedRatio: count(200, 'How many times its size that may be, if it is more than 16 MiB'),
  rowBytes: bytes('1MiB', 'A row of a file', 1024),
  columns: count(1000, 'Columns of a file', 8),
  storesOfFile: count(10_000_000, 'Stores that a file names'),
  rowsInVain: count(100_000, 'Rows of a file that are rejected before the first good one'),
})

export type Limits = z.output<typeof limits>
export type LimitName = keyof Limits
export type PushLimits = Pick<Limits, 'pushArrayBytes' | 'pushesWaitingBytes'>
/** What a file may cost. */
export type FileLimits = Pick<
  Limits,
  'unpackedBytes' | 'unpackedRatio' | 'rowBytes' | 'columns' | 'storesOfFile' | 'rowsInVain'
>

export function fileLimitsOf(given: FileLimits): FileLimits {
  const { unpackedBytes, unpackedRatio, rowBytes, columns, storesOfFile, rowsInVain } = given
  return { unpackedBytes, unpackedRatio, rowBytes, columns, storesOfFile, rowsInVain }
}

export type GivenLimits = Readonly<Partial<Record<LimitName, string | undefined>>>

export const limitNames = Object.keys(limits.shape) as LimitName[]

export const usualLimits: Limits = limits.parse({})

/** `STORE_MONITOR_LIMIT_REQUESTS_BY_ADDRESS` */
export function limitVariable(name: LimitName): string {
  return `STORE_MONITOR_LIMIT_${name.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`
}

export interface LimitDescription {
  readonly name: LimitName
  readonly description: string
  readonly usual: string
  readonly variable: string
  readonly shown: (value: number) => string
}

/** Every limit, for a person. */
export function describeLimits(): LimitDescription[] {
  return limitNames.map((name) => {
    const meta = limits.shape[name].meta() as Pick<LimitDescription, 'usual' | 'shown'> & {
      description?: string
    }
    const { description = '', usual, shown } = meta
    return { name, description, usual, variable: limitVariable(name), shown }
  })
}
