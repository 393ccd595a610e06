import { setImmediate } from 'node:timers/promises'
import { AppError } from '../../shared/app-error.ts'

export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  throw new AppError('unavailable', 'stopped; import the file again to complete it', { cause: signal.reason })
}

/** Lets the thread hear of it meanwhile. */
export async function pauseUnlessStopped(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate()
  throwIfStopped(signal)
}
