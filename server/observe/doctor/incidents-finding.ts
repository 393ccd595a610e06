import type { Db } from '../../database/connect.ts'
import { readWatched } from '../../database/incident-watch.ts'
import { latestPollAt } from '../../database/poll-week-summary.ts'
import { countOpenTold } from '../../database/told-incidents.ts'
import { fine, type Finding } from './finding.ts'

/** A server that has channels looks more often. */
const MOST_BEHIND_MS = 15 * 60_000

/** Whether somebody looks for incidents in the polls that come, where anybody ever has. */
export async function incidentFindings(db: Db): Promise<Finding[]> {
  const { dataTimeMs } = await readWatched(db)
  const latest = await latestPollAt(db)
  if (dataTimeMs === undefined || latest === undefined) return []
  if (latest - dataTimeMs <= MOST_BEHIND_MS) {
    const open = (await countOpenTold(db)).values().reduce((sum, count) => sum + count, 0)
    return [fine('incidents', `${open} of those that were told ${open === 1 ? 'is' : 'are'} open`)]
  }
  const since = new Date(dataTimeMs).toISOString()
  return [
    {
      check: 'incidents',
      state: 'warning',
      what: `in the polls since ${since} nobody has looked for incidents`,
      remedy: 'start a server with channels (alerts in the configuration file), or look at its log',
    },
  ]
}
