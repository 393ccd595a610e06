/** What there is of late, by one stream for all tabs of a browser: a seventh would hang on HTTP/1.1. */
import type { News } from '../../shared/news.ts'
import { createFollowed } from './followed.ts'
import { serverAnswered, serverIsGone } from './server-state.ts'
import { askWhoIAm } from './caller.ts'
import { isSignedOut, onSession } from './sign-in-state.ts'
import { client } from './trpc.ts'

const name = 'store-monitor-news'

type Message = { readonly news: News } | 'what is there?'

const latest = createFollowed<News | undefined>(undefined)

export const useNews = latest.useValue

/** Follows the news while this tab is seen: the first tab that is asks the server, and tells the others. */
export function followNews(): void {
  const channel = new BroadcastChannel(name)
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    const news = latest.get()
    if (data !== 'what is there?') latest.set(data.news)
    else if (isAsking && news) channel.postMessage({ news } satisfies Message)
  })
  let isAsking = false
  let hidden = new AbortController()

  function follow(): void {
    if (document.hidden || isSignedOut()) {
      hidden.abort()
      return
    }
    hidden = new AbortController()
    void alone(hidden.signal, async (signal) => {
      isAsking = true
      await streamed(signal, (news) => {
        latest.set(news)
        channel.postMessage({ news } satisfies Message)
      })
      isAsking = false
    })
    channel.postMessage('what is there?' satisfies Message)
  }
  document.addEventListener('visibilitychange', follow)
  onSession(() => {
    hidden.abort()
    follow()
  })
  follow()
}

/** Does what only one tab is to do. Without a secure context there are no locks: then each does. */
async function alone(signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  // Not there in a page of plain HTTP from elsewhere.
  const locks = navigator.locks as LockManager | undefined
  if (locks === undefined) return work(signal)
  try {
    await locks.request(name, { signal }, () => work(signal))
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Until `signal` is aborted. */
function streamed(signal: AbortSignal, onNews: (news: News) => void): Promise<void> {
  return new Promise((resolve) => {
    const stream = client.data.news.subscribe(undefined, {
      onData: onNews,
      onConnectionStateChange: ({ state, error }) => {
        if (state === 'pending') serverAnswered()
        else if (state === 'connecting' && error) serverIsGone()
      },
      // The server has refused it.
      onError() {
        resolve()
        void askWhoIAm()
      },
    })
    signal.addEventListener('abort', () => {
      stream.unsubscribe()
      resolve()
    })
  })
}
