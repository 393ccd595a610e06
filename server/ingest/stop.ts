import { AppError } from '../../shared/app-error.ts'

export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  throw new AppError('unavailable', 'stopped; import the file again to complete it', { cause: signal.reason })
}
