/** A stream of server-sent events as a program reads it that does not connect again. */
export interface EventStream extends AsyncDisposable {
  /** What has come so far. */
  readonly text: string
  readonly hasEnded: boolean
  /** Waits until what has come fits. */
  heard(pattern: RegExp): Promise<void>
}

export async function eventStream(url: string): Promise<EventStream> {
  const closing = new AbortController()
  const response = await fetch(url, { signal: closing.signal })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  let text = ''
  let hasEnded = false
  let look = () => {}
  const reading = (async () => {
    try {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk
        look()
      }
    } catch {
      // It was cut, or is not needed any more.
    }
    hasEnded = true
    look()
  })()
  return {
    get text() {
      return text
    },
    get hasEnded() {
      return hasEnded
    },
    heard: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (pattern.test(text)) resolve()
          else if (hasEnded) reject(new Error(`${url} ended without ${pattern}: ${text.slice(-1000)}`))
        }
        look()
      }),
    async [Symbol.asyncDispose]() {
      closing.abort()
      await reading
    },
  }
}
