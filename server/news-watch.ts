import type { News } from '../shared/news.ts'
import { repeatedly } from './repeatedly.ts'

export interface NewsWatchParts {
  readonly read: () => Promise<News>
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
}

export interface NewsWatch {
  /** What there is of late, now and at each change, until the signal is aborted. */
  watch(signal?: AbortSignal): AsyncGenerator<News, void>
}

/** Looks for news now and then while anybody watches: once for all who do. */
export function createNewsWatch({ read, onError, everyMs = 1000 }: NewsWatchParts): NewsWatch {
  let watchers = 0
  let looking: AsyncDisposable | undefined
  let next = Promise.withResolvers<void>()
  let last: { readonly text: string; readonly news: News } | undefined

  async function look(): Promise<void> {
    const news = await read()
    const text = JSON.stringify({ ...news, at: null })
    if (text === last?.text) return
    last = { text, news }
    next.resolve()
    next = Promise.withResolvers()
  }

  return {
    async *watch(signal) {
      const { promise: aborted, resolve: stop } = Promise.withResolvers<void>()
      signal?.addEventListener('abort', () => stop())
      if (watchers++ === 0) looking = repeatedly(look, { everyMs, onError })
      try {
        await look()
        let told: News | undefined
        while (signal?.aborted !== true) {
          const { promise: changed } = next
          if (last!.news === told) await Promise.race([changed, aborted])
          else yield (told = last!.news)
        }
      } finally {
        if (--watchers === 0) await looking?.[Symbol.asyncDispose]()
      }
    },
  }
}
