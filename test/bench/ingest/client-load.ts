/** A process of its own that pushes polls by the typed client: `fork('client-load.ts', [URL])`. */
import { createStoreMonitorClient, type PushablePoll } from '../../../client/index.ts'
import { HOUR_MS } from '../poll-maker.ts'
import { POLL_WEEK_MS } from '../../../server/uptime/poll-week.ts'
import type { ClientLoadOptions } from './memory-figures.ts'
import { WEEK } from './scene.ts'

process.once('message', (options: ClientLoadOptions) => void push(process.argv[2]!, options))

async function push(url: string, { storeIds, fromHour, polls }: ClientLoadOptions): Promise<void> {
  const client = createStoreMonitorClient({ url })
  const { changed } = await client.polls.push(pollsOf(storeIds, fromHour, polls))
  process.exitCode = changed === polls ? 0 : 1
  process.disconnect!()
}

function* pollsOf(ids: readonly string[], fromHour: number, polls: number): Generator<PushablePoll> {
  for (let i = 0; i < polls; i++) {
    const hour = fromHour + i / ids.length
    yield {
      storeId: ids[i % ids.length]!,
      status: 'active',
      timestampUtc: new Date(WEEK * POLL_WEEK_MS + Math.floor(hour * HOUR_MS)),
    }
  }
}
