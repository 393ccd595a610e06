import type { News } from '../shared/news.ts'
import { createLookout } from './lookout.ts'

export interface NewsWatchParts {
  readonly read: () => Promise<News>
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
}

export interface NewsWatch {
  /** What there is of late, now and at each change, until the signal is aborted. */
  watch(signal?: AbortSignal): AsyncGenerator<News, void>
  /** Looks soon, as there may be some. */
  lookSoon(): void
}

/** Looks for news now and then while anybody watches. */
export function createNewsWatch({ read, onError, everyMs = 1000 }: NewsWatchParts): NewsWatch {
  const lookout = createLookout(look, { everyMs, onError })
  let last: { readonly text: string; readonly news: News } | undefined

  async function look(): Promise<void> {
    const news = await read()
    const text = JSON.stringify({ ...news, at: null })
    if (text === last?.text) return
    last = { text, news }
    lookout.wake()
  }

  return {
    lookSoon: () => lookout.lookSoon(),
    async *watch(signal) {
      await using watcher = lookout.join(signal)
      await look()
      let told: News | undefined
      while (signal?.aborted !== true) {
        const woken = watcher.woken()
        if (last!.news === told) await woken
        else yield (told = last!.news)
      }
    },
  }
}
