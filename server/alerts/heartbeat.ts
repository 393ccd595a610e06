import type { HeartbeatSetting } from '../config-file/heartbeat-setting.ts'
import { headersWithSecrets } from '../config-file/secrets.ts'
import { repeatedly, type Repeated } from '../repeatedly.ts'
import { ATTEMPT_MS } from './channels/channel.ts'
import { createPosting, type PostingContext } from './channels/posting.ts'

export interface HeartbeatParts extends PostingContext {
  readonly setting: HeartbeatSetting
  /** Throws where this server could not find what is to be told. */
  readonly look: () => Promise<unknown>
  /** Told when it begins to fail, and when it is well again. */
  readonly onNotice: (text: string) => void
}

/** Tells somebody else now and then that this server is there and sees its data: who hears nothing any more knows. */
export interface Heartbeat extends AsyncDisposable {
  beat(): Promise<void>
  /** Beats at once, and from now on. */
  start(): void
  stop(): void
}

export function createHeartbeat(parts: HeartbeatParts): Heartbeat {
  const { setting, environment, look, onNotice } = parts
  const { url, method, every } = setting
  const posting = createPosting(setting.allowPrivate, parts)
  const closing = new AbortController()
  let isFailing = false
  let beating: Repeated | undefined

  async function beat(): Promise<void> {
    try {
      await look()
      const headers = await headersWithSecrets(setting.headers, environment)
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(ATTEMPT_MS)])
      await posting.ask({ url, method, headers, signal })
    } catch (error) {
      if (closing.signal.aborted) return
      if (!isFailing) onNotice(`the heartbeat fails: ${(error as Error).message}`)
      isFailing = true
      return
    }
    if (isFailing) onNotice('the heartbeat works again')
    isFailing = false
  }

  return {
    beat,
    start() {
      const onError = (error: unknown) => onNotice(`the heartbeat fails: ${String(error)}`)
      beating = repeatedly(beat, { everyMs: every, onError })
      beating.soon()
    },
    stop: () => closing.abort(),
    async [Symbol.asyncDispose]() {
      closing.abort()
      await beating?.[Symbol.asyncDispose]()
      posting[Symbol.dispose]()
    },
  }
}
