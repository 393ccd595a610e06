import type { Db } from '../../database/connect.ts'
import { forsakenUploads, keptTotals } from '../../database/uploads.ts'
import { fine, type Finding } from './finding.ts'
import { megabytes } from './megabytes.ts'

/** A server that is there has taken over by then what one left that is gone. */
const FORSAKEN_AFTER_MS = 60_000

/** What was uploaded and is not imported yet. */
export async function uploadsFinding(db: Db): Promise<Finding> {
  const { uploads, bytes } = await keptTotals(db)
  const forsaken = await forsakenUploads(db, FORSAKEN_AFTER_MS)
  const what =
    uploads === 0
      ? 'none waits to be imported'
      : `${uploads} ${uploads === 1 ? 'waits' : 'wait'} to be imported, ${megabytes(bytes)} packed`
  if (forsaken === 0) return fine('uploads', what)
  return {
    check: 'uploads',
    state: 'warning',
    what: `${what}; no server has been at ${forsaken} of them for a minute`,
    remedy: 'start a server on this database: it imports them',
  }
}
