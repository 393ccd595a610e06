import { changeRules } from '../../database/schedules.ts'
import type { WriteTx } from '../../database/write-alone.ts'
import type { Header } from '../csv/header.ts'
import { sha256Of, type OpenFile } from '../csv/open-file.ts'
import { createBusinessHoursRows } from '../rows/business-hours-rows.ts'
import { mapNonEmpty } from '../rows/non-empty.ts'
import type { PollReader } from '../rows/poll-reader.ts'
import { createPollRows } from '../rows/poll-rows.ts'
import { readRows, type HashedRows, type ReadOptions } from '../rows/read-rows.ts'
import type { RowCollector } from '../rows/row-collector.ts'
import { createTimezoneRows } from '../rows/timezone-rows.ts'
import type { FoundFile } from './find-files.ts'
import { mergePolls } from './merge-polls.ts'

/** Makes a change, and returns how many of its rows changed something. */
export type Change = (tx: WriteTx) => Promise<number>

/** Reads a file, or waits until `reader` has: what it changes. */
export async function readChanges(
  { file, header }: FoundFile,
  reader: PollReader | undefined,
  options: ReadOptions & { readonly takenInAt: number },
): Promise<HashedRows<Change>> {
  if (reader !== undefined) {
    return changesOf(await reader.read((progress) => options.onProgress?.(progress)), mergePolls)
  }
  const read = <Data>(rows: RowCollector<Data>) => readHashed(file, header, rows, options)
  switch (header.kind) {
    case 'polls':
      return changesOf(await read(createPollRows(header, options.takenInAt)), mergePolls)
    case 'business-hours':
      return changesOf(await read(createBusinessHoursRows(header)), (tx, { rules, stores }) =>
        changeRules(
          tx,
          rules.map((rule) => ({ what: 'hours', versions: [{ validFrom: null, rule }] })),
          stores,
        ),
      )
    case 'timezones':
      return changesOf(await read(createTimezoneRows(header)), (tx, { zones, stores }) =>
        changeRules(
          tx,
          zones.map((rule) => ({ what: 'zones', versions: [{ validFrom: null, rule }] })),
          stores,
        ),
      )
  }
}

async function readHashed<Data>(
  file: OpenFile,
  header: Header,
  rows: RowCollector<Data>,
  options: ReadOptions,
): Promise<HashedRows<Data>> {
  await using parts = new AsyncDisposableStack()
  const read = parts.use(await readRows(file, header, rows, options))
  const sha256 = await sha256Of(file, options.signal)
  const owned = parts.move()
  return { ...read, sha256: () => Promise.resolve(sha256), [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

function changesOf<Data>(
  read: HashedRows<Data>,
  change: (tx: WriteTx, data: Data) => Promise<number>,
): HashedRows<Change> {
  const steps = mapNonEmpty(read.steps, ({ rows, prepare }) => ({
    rows,
    async prepare(): Promise<Change> {
      const data = await prepare()
      return (tx) => change(tx, data)
    },
  }))
  return { ...read, steps }
}
