import type { AlertRules } from '../../shared/alert-rules.ts'
import { writtenLabel } from '../../shared/label.ts'
import type { AlertEvent, AlertPayload } from '../alerts/alert-event.ts'
import { recordEvents, recordRouted } from '../alerts/record-events.ts'
import type { Routing } from '../alerts/routing.ts'
import { readMentioned } from '../database/alert-events.ts'
import type { Db } from '../database/connect.ts'
import { readListedStores } from '../database/store-columns.ts'
import { readStoreIds } from '../database/store-ids.ts'
import { readLabels } from '../database/stores.ts'
import { incidentName } from '../database/due-incidents.ts'
import {
  insertTold,
  lockSequences,
  updateTold,
  type NewToldIncident,
  type ToldIncident,
} from '../database/told-incidents.ts'
import type { LedgerDifference } from './compared.ts'
import type { FoundIncident } from './found-incidents.ts'
import { incidentInWords } from './incident-words.ts'

export interface Recording {
  readonly rules: AlertRules
  readonly version: number
  readonly dataTimeMs: number
  readonly nowMs: number
  readonly routing: Routing
}

export interface Recorded {
  /** The rows as they are now. */
  readonly rows: readonly ToldIncident[]
  readonly events: readonly AlertEvent[]
}

/** What began, or was held back until, longer before data time is told by digests alone. */
const OLD_MS = 6 * 3_600_000

/** Writes to the ledger what is otherwise, and what there is to tell of it to the outbox. */
export async function recordDifferences(
  tx: Db,
  differences: readonly LedgerDifference[],
  recording: Recording,
): Promise<Recorded> {
  const begun = differences.flatMap((one) => (one.entry === undefined ? { ...one, found: one.found! } : []))
  const inserted = await insertTold(
    tx,
    begun.map((one) => newRow(one, recording)),
  )
  const known = differences.flatMap((one) => (one.entry === undefined ? [] : { ...one, row: one.entry.row }))
  // Others tell again what is still open.
  const sequences = await lockSequences(
    tx,
    known.map(({ row }) => row.incident_key),
  )
  const changed = known.map((one) => {
    const row = { ...one.row, sequence: sequences.get(one.row.incident_key)! }
    return { ...one, row: changedRow(row, one, recording) }
  })
  await updateTold(
    tx,
    changed.map(({ row }) => row),
  )
  const told = [
    ...begun.map((one, i) => ({ ...one, row: inserted[i]! })),
    ...changed.filter(({ tell }) => tell !== undefined),
  ]
  const events = await eventsOf(tx, told, recording)
  await record(tx, events, recording)
  return { rows: [...inserted, ...changed.map(({ row }) => row)], events: events.map(({ event }) => event) }
}

function newRow(
  { found, tell, subject, ruleKind }: LedgerDifference & { readonly found: FoundIncident },
  { rules, version, nowMs }: Recording,
): NewToldIncident & { readonly store_key: number | null } {
  const [, storeKey] = /^store (\d+)$/.exec(subject) ?? []
  return {
    subject,
    rule_kind: ruleKind,
    store_key: storeKey === undefined ? null : Number(storeKey),
    group_label: found.group,
    condition: found.condition,
    severity: rules.rules[found.place]!.severity,
    rules_version: version,
    start_at: found.startMs,
    opened_at: found.openedMs,
    closed_at: tell!.told === 'over' ? found.closedMs : null,
    ending: tell!.told === 'over' ? found.ending : null,
    value: found.value,
    told: tell!.told,
    recorded_at: nowMs,
  }
}

function changedRow(
  row: ToldIncident,
  { found, tell }: LedgerDifference,
  { rules, version, dataTimeMs, nowMs }: Recording,
): ToldIncident {
  const told = tell?.told ?? row.told
  const isGone = found === undefined
  return {
    ...row,
    severity: rules.rules[found?.place ?? -1]?.severity ?? row.severity,
    rules_version: isGone ? row.rules_version : version,
    start_at: found?.startMs ?? row.start_at,
    opened_at: found?.openedMs ?? row.opened_at,
    // While its end is held back it is told to be open, and it is over.
    closed_at: found === undefined ? (row.closed_at ?? Math.max(dataTimeMs, row.opened_at)) : found.closedMs,
    ending: found === undefined ? (tell?.kind === 'resolved' ? 'rules' : row.ending) : found.ending,
    told,
    sequence: tell === undefined ? row.sequence : row.sequence + 1,
    recorded_at: tell === undefined ? row.recorded_at : nowMs,
  }
}

interface Told extends LedgerDifference {
  /** As it is now. */
  readonly row: ToldIncident
}

interface ToldEvent extends Told {
  readonly event: AlertEvent
}

async function eventsOf(tx: Db, told: readonly Told[], recording: Recording): Promise<ToldEvent[]> {
  const mentionOf = await storesInWords(tx, told)
  return told.map((one) => {
    const { row, tell, found } = one
    const { of, ...mention } = mentionOf(one, recording.rules)
    const { condition } = row
    const value = found?.value ?? row.value
    const isByRules = tell!.kind === 'resolved' && row.ending === 'rules'
    const note = row.told === 'open' ? recording.rules.rules[found?.place ?? -1]?.note : undefined
    const payload = {
      severity: row.severity,
      condition,
      summary: incidentInWords(tell!.kind, { condition, of, value, isByRules }),
      ...(note === undefined ? {} : { note }),
      ...mention,
      since: row.start_at,
      ...(row.told === 'open' || row.closed_at === null || isByRules ? {} : { until: row.closed_at }),
    }
    const event = {
      incident: incidentName(row.incident_key),
      sequence: row.sequence,
      kind: tell!.kind,
      at: tell!.kind === 'withdrawn' ? recording.dataTimeMs : (row.closed_at ?? row.opened_at),
      payload,
    }
    return { ...one, event }
  })
}

type Mention = Pick<AlertPayload, 'storeId' | 'storeName' | 'labels'> & { readonly of: string | undefined }

async function storesInWords(
  tx: Db,
  told: readonly Told[],
): Promise<(told: Told, rules: AlertRules) => Mention> {
  const storeKeys = [...new Set(told.flatMap(({ row }) => row.store_key ?? []))]
  const stores = await readListedStores(tx, storeKeys)
  const ids = await readStoreIds(tx, storeKeys)
  const labels = await readLabels(tx, storeKeys)
  return ({ row, found }, { rules }) => {
    if (row.store_key === null) return mentionOfMany(rules[found?.place ?? -1]?.group, row.group_label)
    const name = stores.get(row.store_key)?.name ?? undefined
    const storeId = ids.get(row.store_key)
    const ofStore = Object.entries(labels.get(row.store_key) ?? {})
    return {
      of: name ?? `store ${storeId}`,
      storeId,
      storeName: name,
      labels: ofStore.map(([label, value]) => writtenLabel({ label, value })),
    }
  }
}

function mentionOfMany(scope: readonly string[] = [], group: string | null): Mention {
  const labels = [...new Set([...scope, ...(group === null ? [] : [group])])]
  return { of: labels.length === 0 ? undefined : labels.join(' and '), labels }
}

/** What is old is not told, and what was never told does not come back. */
async function record(tx: Db, told: readonly ToldEvent[], { dataTimeMs, nowMs, routing }: Recording) {
  const reopened = told.filter(({ tell }) => tell!.kind === 'reopened')
  const mentioned = await readMentioned(
    tx,
    reopened.map(({ event }) => event.incident),
  )
  const isQuiet = ({ event, row, found }: ToldEvent) => {
    if (event.kind === 'reopened') return !mentioned.has(event.incident)
    const begins = event.kind === 'opened' || event.kind === 'late'
    return begins && dataTimeMs - (found?.telling.openedMs ?? row.opened_at) > OLD_MS
  }
  const [quiet, loud] = [told.filter(isQuiet), told.filter((one) => !isQuiet(one))]
  await recordEvents(
    tx,
    quiet.map(({ event }) => event),
    () => [],
    nowMs,
  )
  await recordRouted(
    tx,
    loud.map(({ event }) => event),
    routing,
    nowMs,
  )
}
