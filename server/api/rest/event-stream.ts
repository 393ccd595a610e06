/** Proxies close a connection that says nothing for a minute. */
const KEEP_ALIVE_MS = 15_000

/** Server-sent events, each as it is written, or its bytes. Whoever stops reading ends `events`. */
export function eventStream(
  events: AsyncGenerator<string | Uint8Array, undefined>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let keepAlive: NodeJS.Timeout
  return new ReadableStream<Uint8Array>({
    start(controller) {
      keepAlive = setInterval(() => controller.enqueue(encoder.encode(': still here\n\n')), KEEP_ALIVE_MS)
    },
    async pull(controller) {
      const { value } = await events.next()
      if (value === undefined) {
        clearInterval(keepAlive)
        controller.close()
      } else {
        controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value)
      }
    },
    async cancel() {
      clearInterval(keepAlive)
      await events.return(undefined)
    },
  })
}
