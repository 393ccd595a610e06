import { alertRules, type AlertRulesGiven } from '../../shared/alert-rules.ts'
import { storeId } from '../../shared/ids.ts'
import { alertsSetting } from '../../server/config-file/alerts-setting.ts'
import { applyAlertRules } from '../../server/database/alert-rules.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import { keysOfStores } from '../../server/database/stores.ts'
import { writeAlone, type WriteTx } from '../../server/database/write-alone.ts'
import type { AlertPayload } from '../../server/alerts/alert-event.ts'
import { createIncidentWatch, type IncidentWatch } from '../../server/ledger/incident-watch.ts'
import { addTo } from '../support/random-changes.ts'
import { testDatabase } from '../support/test-database.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
/** A Monday. */
export const START_MS = Date.UTC(2026, 9, 5, 12)

export interface LedgerScene extends AsyncDisposable {
  readonly db: Db
  /** The clock: as data time, where nothing else is said. */
  nowMs: number
  /** One more who looks. */
  watch(): IncidentWatch
  /** Polls of a store at minutes after the start: `+` where it is up, `-` where it is down. */
  poll(store: string, polls: Readonly<Record<number, '+' | '-'>>): Promise<void>
  rules(given: AlertRulesGiven): Promise<void>
  label(label: string, values: Readonly<Record<string, string>>): Promise<void>
  change(work: (tx: WriteTx) => Promise<unknown>): Promise<void>
  /** What was told, each as `kind condition of whom`. */
  told(): Promise<string[]>
  payloads(): Promise<AlertPayload[]>
  /** What waits to be sent, each as `incident sequence`. */
  waiting(): Promise<string[]>
}

/** Stores that are always open, and a channel for programs. */
export async function ledgerScene(): Promise<LedgerScene> {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await testDatabase())
  const db = parts.use(await connect(database.url))
  const reading = parts.use(await connect(database.url, { readOnly: true }))
  const owned = parts.move()
  const events = () => db.selectFrom('alert_event').selectAll().orderBy('event_key').execute()
  const payloads = async () => (await events()).map(({ payload }) => JSON.parse(payload) as AlertPayload)
  const scene: LedgerScene = {
    db,
    nowMs: START_MS,
    watch: () =>
      createIncidentWatch({
        reading,
        writing: db,
        setting: alertsSetting.parse({ channels: [{ name: 'log', type: 'stdout' }] }),
        now: () => scene.nowMs,
      }),
    async poll(store, polls) {
      const given = Object.entries(polls).map(([minute, status]) => ({
        storeId: storeId.parse(store),
        atMs: START_MS + Number(minute) * MINUTE_MS,
        isUp: status === '+',
      }))
      await addTo(db, given)
      scene.nowMs = Math.max(scene.nowMs, ...given.map(({ atMs }) => atMs))
    },
    rules: (given) =>
      scene.change((tx) => applyAlertRules(tx, alertRules.parse(given), { by: null, reason: null, at: 0 })),
    label: (label, values) =>
      scene.change(async (tx) => {
        const stores = Object.keys(values).map((store) => storeId.parse(store))
        const keys = await keysOfStores(tx, stores)
        const rows = stores.map((store, i) => ({ store_key: keys[i]!, label, value: values[store]! }))
        await tx.insertInto('store_label').values(rows).execute()
      }),
    change: (work) => writeAlone(db, 'data', async (tx) => void (await work(tx))),
    async told() {
      const told = await events()
      return told.map(({ kind, payload }) => {
        const { condition, storeId: store, labels = [] } = JSON.parse(payload) as AlertPayload
        return `${kind} ${condition} ${store ?? (labels.join(' ') || 'all')}`
      })
    },
    payloads,
    async waiting() {
      const rows = await db.selectFrom('outbox').selectAll().orderBy('outbox_key').execute()
      return rows.map(({ incident, sequence }) => `${incident} ${sequence}`)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
  return scene
}
