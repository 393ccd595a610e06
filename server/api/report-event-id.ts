import { isFinished } from '../../shared/report-state.ts'
import type { Report } from '../../shared/report.ts'

/** Names a state of a report, so that it is known again after a reconnection. */
export function eventIdOf({ state, progress }: Report): string {
  return isFinished(state) ? state : `${state}-${progress.storesDone}`
}
