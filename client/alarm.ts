/** Rings once: after a time that it is set to, or where one of its signals is aborted. */
export interface Alarm {
  readonly rings: Promise<undefined>
  set(afterMs: number): void
  clear(): void
}

export function createAlarm(signals: readonly (AbortSignal | undefined)[]): Alarm {
  let ring = () => {}
  let timer: ReturnType<typeof setTimeout> | undefined
  const rings = new Promise<undefined>((resolve) => {
    ring = () => resolve(undefined)
  })
  if (signals.some((signal) => signal?.aborted)) ring()
  for (const signal of signals) signal?.addEventListener('abort', ring, { once: true })
  return {
    rings,
    set: (afterMs) => void (timer = setTimeout(ring, afterMs)),
    clear() {
      clearTimeout(timer)
      for (const signal of signals) signal?.removeEventListener('abort', ring)
    },
  }
}
