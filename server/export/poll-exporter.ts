import { extname } from 'node:path'
import type { Page } from '../../shared/page.ts'
import { pollFileName, pollMediaTypes, type PollFormat } from '../../shared/poll-file.ts'
import type { ListedPoll, PollListQuery } from '../../shared/poll.ts'
import type { WantedPolls } from '../database/wanted-polls.ts'
import { readAhead } from '../reports/read-ahead.ts'
import { threadsOnDemand, type OnDemandSetting } from '../reports/threads-on-demand.ts'
import type { WorkerSetting } from '../reports/worker-task.ts'
import { forAsker } from '../tracing/worked.ts'
import { parquetMagic, type ExportPlan, type ExportTasks, type ParquetGroup } from './export-task.ts'
import { piecesOf, type PackedPolls } from './packed-polls.ts'
import { pollCsvHeader } from './poll-lines.ts'

/** Polls as a file to be sent. */
export interface PollFile {
  readonly name: string
  readonly mediaType: string
  readonly bytes: AsyncGenerator<Uint8Array>
}

/** Gives polls out again, read and written in threads that start when they are first asked. */
export interface PollExporter extends AsyncDisposable {
  /**
   * The polls that are meant, in order of store and time. Each store is as of one moment, some stores that follow each other
   * as of the same, and others as of a later one: no transaction is open for longer than it takes to read a part.
   */
  file(wanted: WantedPolls, format: PollFormat): Promise<PollFile>
  page(query: PollListQuery): Promise<Page<ListedPoll>>
  /** How many threads there are. */
  threads(): number
}

/** So many are written at once: a few megabytes of lines, and in a Parquet file rows that are read as one group. */
const POLLS_OF_LINES = 32_768
const POLLS_OF_GROUP = 200_000
/** One reads while another writes. */
const MOST_THREADS = 2

export function createPollExporter(
  setting: WorkerSetting,
  { checkInPlace }: Pick<OnDemandSetting, 'checkInPlace'>,
): PollExporter {
  const worker = new URL(`./export-worker${extname(import.meta.url)}`, import.meta.url)
  const threads = threadsOnDemand<ExportTasks>(setting, { worker, maxThreads: MOST_THREADS, checkInPlace })

  async function* pieces(
    { parts }: ExportPlan,
    wanted: WantedPolls,
    mostPolls: number,
  ): AsyncGenerator<PackedPolls> {
    for await (const polls of readAhead(parts, (stores) => threads.run('readPolls', { stores, wanted }))) {
      if (polls.words.length > 0) yield* piecesOf(polls, mostPolls)
    }
  }

  async function* lines(
    plan: ExportPlan,
    wanted: WantedPolls,
    format: 'csv' | 'ndjson',
  ): AsyncGenerator<Uint8Array> {
    if (format === 'csv') yield Buffer.from(pollCsvHeader)
    for await (const polls of pieces(plan, wanted, POLLS_OF_LINES)) {
      yield threads.run('writePolls', { polls, format })
    }
  }

  async function* parquet(plan: ExportPlan, wanted: WantedPolls): AsyncGenerator<Uint8Array> {
    const groups: ParquetGroup[] = []
    yield Buffer.from(parquetMagic)
    for await (const polls of pieces(plan, wanted, POLLS_OF_GROUP)) {
      const { bytes, group } = await threads.run('writeParquet', polls)
      groups.push({ length: bytes.length, group })
      yield bytes
    }
    yield threads.run('endParquet', groups)
  }

  return {
    threads: () => threads.size(),
    async file(wanted, format) {
      const plan = await threads.run('planPolls', wanted)
      return {
        name: pollFileName(plan.time, format),
        mediaType: format === 'parquet' ? pollMediaTypes.parquet : `${pollMediaTypes[format]}; charset=utf-8`,
        bytes: forAsker(format === 'parquet' ? parquet(plan, wanted) : lines(plan, wanted, format)),
      }
    },
    page: (query) => threads.run('pageOfPolls', query),
    [Symbol.asyncDispose]: () => threads[Symbol.asyncDispose](),
  }
}
