import { writeFile } from 'node:fs/promises'
import { AppError } from '../../../shared/app-error.ts'
import { maxRejectionsTold } from '../../../shared/push-result.ts'
import type { TriedSource } from '../../../shared/source.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import type { SourceSetting } from '../../config-file/source-setting.ts'
import { isActive, offsetOf, POLL_WEEK_MS } from '../../uptime/poll-week.ts'
import { readHeader, type HeaderOf } from '../csv/header.ts'
import { openFile, type OpenFile } from '../csv/open-file.ts'
import { readSource } from '../csv/source.ts'
import { createPollRows } from '../rows/poll-rows.ts'
import { readRows } from '../rows/read-rows.ts'
import { fetchSource } from './fetch-source.ts'
import { mapIfJson, type PullContext } from './pull-source.ts'
import { formatOf } from './source-format.ts'

/** No larger answer is looked at. */
const MOST_BYTES = 16_000_000
const POLLS_SHOWN = 10
const LINES_SHOWN = 6
/** Where these are. */
const LINES_BYTES = 2048

/** What would be taken of a source, or of an answer that is given; nothing is stored. */
export async function trySource(
  source: SourceSetting,
  answer: string | undefined,
  context: Omit<PullContext, 'importer'>,
): Promise<TriedSource> {
  await using folder = await context.makeFolder()
  const { path } = folder
  const arrived = await arrive(source, answer, path, context)
  await mapIfJson(source, arrived, path, context.signal)
  await using opened = await openFile(path, 'the answer')
  const header = await readHeader(opened.file, source.columns)
  if (header.kind === undefined) throw new AppError('invalid', `the answer ${header.reason}`)
  const about = { kind: header.kind, bytes: arrived.bytes, lines: await firstLines(opened.file) }
  if (header.kind !== 'polls') return { ...about, accepted: null, rejected: null, rejections: [], polls: [] }
  // An item of JSON is on the line behind the header.
  const firstRow = formatOf(source, arrived.type) === 'csv' ? 1 : 0
  return { ...about, ...(await triedPolls(opened.file, header, { firstRow, takenInAt: context.now() })) }
}

async function arrive(
  source: SourceSetting,
  answer: string | undefined,
  path: string,
  context: Omit<PullContext, 'importer'>,
) {
  if (answer === undefined) {
    const least = { ...source, maxBytes: Math.min(source.maxBytes, MOST_BYTES) }
    return (await fetchSource(least, undefined, path, context))!
  }
  await writeFile(path, answer)
  return { bytes: Buffer.byteLength(answer), type: undefined, answeredAt: context.now() }
}

async function triedPolls(
  file: OpenFile,
  header: HeaderOf<'polls'>,
  { firstRow, takenInAt }: { readonly firstRow: number; readonly takenInAt: number },
) {
  const rows = createPollRows(header, takenInAt)
  await using read = await readRows(file, header, rows, { rowsPerStep: Infinity })
  const { storeIds, storeOfWeek, weeks, starts, lengths, words } = await read.steps[0].prepare()
  const polls = []
  for (let i = 0; i < weeks.length && polls.length < POLLS_SHOWN; i++) {
    for (const word of words.subarray(starts[i], starts[i]! + lengths[i]!)) {
      if (polls.length === POLLS_SHOWN) break
      polls.push({
        storeId: storeIds[storeOfWeek[i]!]!,
        status: isActive(word) ? ('active' as const) : ('inactive' as const),
        timestampUtc: formatTimestamp(weeks[i]! * POLL_WEEK_MS + offsetOf(word)),
      })
    }
  }
  const rejections = read.rejections
    .slice(0, maxRejectionsTold)
    .map(({ line, reason }) => ({ row: line - 1 + firstRow, reason }))
  return { accepted: rows.size(), rejected: read.rejected, rejections, polls }
}

async function firstLines(file: OpenFile): Promise<string[]> {
  const { chunks } = await readSource(file, { blockBytes: LINES_BYTES })
  for await (const chunk of chunks) {
    const lines = Buffer.from(chunk).toString('utf8').split(/\r?\n/)
    return lines.filter((line) => line !== '').slice(0, LINES_SHOWN)
  }
  return []
}
