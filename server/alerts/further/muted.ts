import type { Db } from '../../database/connect.ts'
import { incidentName, readMuting, readOpenings, type FurtherIncident } from '../../database/due-incidents.ts'
import type { AlertPayload } from '../alert-event.ts'

/** Tells which incidents others that are open hold back: rule 43 of docs/uptime.md, as the ledger has them. */
export async function mutedOf(
  tx: Db,
  incidents: readonly FurtherIncident[],
): Promise<(incident: FurtherIncident, payload: AlertPayload) => boolean> {
  const storeKeys = incidents.flatMap(({ store_key }) => store_key ?? [])
  if (storeKeys.length === 0) return () => false
  const muting = await readMuting(tx, storeKeys)
  const ofMany = muting.filter(({ store_key }) => store_key === null)
  const openings = await readOpenings(
    tx,
    ofMany.map(({ incident_key }) => incident_key),
  )
  const unstable = new Set(muting.map(({ store_key }) => store_key))
  const isIn = (condition: FurtherIncident['condition'], { labels = [] }: AlertPayload) =>
    ofMany
      .filter((one) => one.condition === condition)
      .map(({ incident_key }) => openings.get(incidentName(incident_key)))
      .some((opening) => opening !== undefined && labelsOf(opening).every((one) => labels.includes(one)))

  return ({ condition, store_key }, payload) => {
    if (store_key === null) return false
    if (condition === 'no-data') return isIn('blind', payload)
    if (condition === 'down') return unstable.has(store_key) || isIn('group-share', payload)
    return condition === 'unstable' && isIn('group-share', payload)
  }
}

function labelsOf(payload: string): readonly string[] {
  const { labels = [] } = JSON.parse(payload) as AlertPayload
  return labels
}
