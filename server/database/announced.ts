import type { ReportId } from '../../shared/ids.ts'
import type { ReportState } from '../../shared/report-state.ts'
import type { Db } from './connect.ts'
import { dialectOf, type Self } from './dialect/dialect.ts'

/** What processes on a database tell each other of, by the triggers of its tables; `perhaps` where something may have been missed. */
export type Announced =
  | { readonly type: 'new-report'; readonly reportId: ReportId }
  | { readonly type: 'report'; readonly reportId: ReportId; readonly state: ReportState }
  | { readonly type: 'polls' | 'import' | 'change' | 'perhaps' }

/** Hears of what any process did, once it is committed; undefined where nothing is announced. */
export function listenOn(
  db: Db,
  databaseUrl: string,
  hear: (announced: Announced) => void,
  self?: Self,
): AsyncDisposable | undefined {
  const listener = {
    heard(text: string) {
      const announced = read(text)
      if (announced !== undefined) hear(announced)
    },
    missed: () => hear({ type: 'perhaps' }),
  }
  return dialectOf(db).listen(databaseUrl, listener, self)
}

/** Undefined for what newer programs announce, and this one knows nothing of. */
function read(text: string): Announced | undefined {
  const [type = '', reportId, state] = text.split(' ')
  if (type === 'new-report') return { type, reportId: reportId as ReportId }
  if (type === 'report') return { type, reportId: reportId as ReportId, state: state as ReportState }
  if (type === 'polls' || type === 'import' || type === 'change') return { type }
  return undefined
}
