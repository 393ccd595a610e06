import type { ReportId } from '../../shared/ids.ts'
import type { Db } from './connect.ts'
import { dialectOf } from './dialect/dialect.ts'

/** What processes on a database tell each other of, by the triggers of its tables; `perhaps` where something may have been missed. */
export type Announced = OfReport | { readonly type: 'polls' | 'import' | 'change' | 'perhaps' }

interface OfReport {
  readonly type: 'new-report' | 'report'
  readonly reportId: ReportId
}

export function isOfReport(announced: Announced): announced is OfReport {
  return announced.type === 'new-report' || announced.type === 'report'
}

/** Hears of what any process did, once it is committed; undefined where nothing is announced. */
export function listenOn(
  db: Db,
  databaseUrl: string,
  hear: (announced: Announced) => void,
): AsyncDisposable | undefined {
  return dialectOf(db).listen(databaseUrl, {
    heard(text) {
      const announced = read(text)
      if (announced !== undefined) hear(announced)
    },
    missed: () => hear({ type: 'perhaps' }),
  })
}

/** Undefined for what newer programs announce, and this one knows nothing of. */
function read(text: string): Announced | undefined {
  const [type = '', reportId] = text.split(' ')
  if (type === 'new-report' || type === 'report') return { type, reportId: reportId as ReportId }
  if (type === 'polls' || type === 'import' || type === 'change') return { type }
  return undefined
}
