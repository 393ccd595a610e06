const LOOK_EVERY_MS = 1000

/** The same bytes until `mayGoOn` says no, which is asked every second: nobody asks again for an answer that has no end. */
export function streamWhile(
  body: ReadableStream<Uint8Array>,
  mayGoOn: () => Promise<boolean>,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let looking: NodeJS.Timeout
  let isOver = false

  return new ReadableStream<Uint8Array>({
    start(controller) {
      looking = setInterval(() => void endUnlessItMay(controller), LOOK_EVERY_MS)
      looking.unref()
    },
    async pull(controller) {
      const { value, done } = await reader.read().catch((error: unknown) => {
        stopLooking()
        throw error
      })
      if (isOver) return
      if (done) {
        stopLooking()
        controller.close()
      } else controller.enqueue(value)
    },
    async cancel(reason) {
      stopLooking()
      await reader.cancel(reason)
    },
  })

  /** Also what is being asked at that moment ends nothing any more: a stream that is over cannot be closed. */
  function stopLooking(): void {
    isOver = true
    clearInterval(looking)
  }

  async function endUnlessItMay(controller: ReadableStreamDefaultController): Promise<void> {
    // Where it cannot be told, it may still.
    const may = await mayGoOn().catch(() => true)
    if (may || isOver) return
    stopLooking()
    controller.close()
    await reader.cancel().catch(() => {}) // nobody is there to be told
  }
}
