import Papa from 'papaparse'
import { labelOf } from '../../shared/label.ts'
import { parseTimestamp } from '../../shared/timestamp.ts'
import type { TestServer } from '../support/running-server.ts'
import { clientOf } from '../support/trpc-client.ts'

/** A row of a file of polls. */
export interface PollRow {
  readonly line: string
  readonly store_id: string
  readonly status: string
  readonly timestamp_utc: string
}

export interface PollTable {
  /** All up to the first row. */
  readonly head: string
  readonly rows: readonly PollRow[]
}

/** The rows of a file of polls, none of which goes over several lines. */
export function tableOf(bytes: Uint8Array): PollTable {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  const lines = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes).trimEnd().split('\n')
  const separator = /^sep=(.)/.exec(lines[0]!)?.[1]
  const headLines = separator === undefined ? 1 : 2
  const fieldsOf = (line: string) =>
    Papa.parse<string[]>(line.trim(), { delimiter: separator ?? ',' }).data[0] ?? []
  const names = fieldsOf(lines[headLines - 1]!).map(labelOf)
  const rows = lines.slice(headLines).map((line) => {
    const fields = fieldsOf(line)
    const field = (name: string) => fields[names.indexOf(name)] ?? ''
    return {
      line,
      store_id: field('store_id'),
      status: field('status'),
      timestamp_utc: field('timestamp_utc'),
    }
  })
  return { head: `${lines.slice(0, headLines).join('\n')}\n`, rows }
}

export type Random = () => number

/**
 * The rows in pieces of random length, in random order; those that say something of the same store and millisecond stay in
 * their order, as the last of them counts.
 */
export function randomPieces(rows: readonly PollRow[], random: Random, mostRows: number): PollRow[][] {
  const instantOf = (row: PollRow) => `${row.store_id.trim()} ${parseTimestamp(row.timestamp_utc.trim())}`
  const ofInstants = shuffled([...Map.groupBy(rows, instantOf).values()], random).flat()
  const pieces: PollRow[][] = []
  for (let from = 0; from < ofInstants.length; from += pieces.at(-1)!.length) {
    pieces.push(ofInstants.slice(from, from + 1 + Math.floor(random() * mostRows)))
  }
  return pieces
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** Feeds rows to a server. */
export type Way = (server: TestServer, rows: readonly PollRow[], head: string) => Promise<void>

const jsonOf = ({ store_id, status, timestamp_utc }: PollRow) => ({ store_id, status, timestamp_utc })
const csvOf = (rows: readonly PollRow[], head: string) =>
  `${head}${rows.map(({ line }) => `${line}\n`).join('')}`

export const ways = {
  upload: (server, rows, head) => post(server, '/imports?source=piece.csv', csvOf(rows, head)),
  csv: (server, rows, head) => post(server, '/polls', csvOf(rows, head)),
  json: (server, rows) => post(server, '/polls', JSON.stringify(rows.map(jsonOf))),
  lines: (server, rows) =>
    post(server, '/polls', rows.map((row) => `${JSON.stringify(jsonOf(row))}\n`).join('')),
  async call({ url }, rows) {
    const polls = rows.map(({ store_id: storeId, status, timestamp_utc: timestampUtc }) => ({
      storeId,
      status,
      timestampUtc,
    }))
    await clientOf(url).poll.ingest.mutate({ polls }).catch(refuseAllButNothingGood)
  },
} as const satisfies Record<string, Way>

export function someWay(random: Random): Way {
  const all = Object.values(ways)
  return all[Math.floor(random() * all.length)]!
}

async function post({ url }: TestServer, path: string, body: string): Promise<void> {
  const response = await fetch(`${url}${path}`, { method: 'POST', body })
  const answer = await response.text()
  if (!response.ok) refuseAllButNothingGood(new Error(answer))
}

/** A piece may have nothing but what breaks a rule. */
function refuseAllButNothingGood(error: unknown): void {
  const hasNothing = /none of|the only poll cannot be taken|there are no rows/.test((error as Error).message)
  if (!hasNothing) throw error
}
