import type { StoredReport } from '../database/reports.ts'
import { createGate } from '../limits/gate.ts'
import type { Limits } from '../limits/setting.ts'

/** A report that is there: one of the same request, or a new one. */
interface Requested {
  readonly report: StoredReport
  readonly isNew: boolean
}

/** Takes what a caller asks for, and has it computed where it is new. Throws a `busy` AppError where too many wait. */
export type TakeRequest = (caller: string, insert: () => Promise<Requested>) => Promise<Requested>

export function createRequests(
  limits: Pick<Limits, 'reports' | 'reportsByCaller'>,
  {
    compute,
  }: {
    /** `onGone` is to be called when it has ended, or others are to end it. */
    readonly compute: (report: StoredReport, caller: string, onGone: () => void) => void
  },
): TakeRequest {
  const waiting = createGate(limits, 'reports', 'reports that wait or are computed')
  return async (caller, insert) => {
    using place = new DisposableStack()
    place.use(waiting.enter(caller))
    const { report, isNew } = await insert()
    if (isNew) {
      const kept = place.move()
      compute(report, caller, () => kept.dispose())
    }
    return { report, isNew }
  }
}
