import { AppError } from '../../shared/app-error.ts'
import type { ChangedBy } from '../../shared/changed-by.ts'
import type { StoreId } from '../../shared/ids.ts'
import type {
  BusinessHoursChange,
  DetailsChange,
  SpecialHoursChange,
  TimezoneChange,
} from '../../shared/store-change.ts'
import type { RevenueChange, StoreRevenue } from '../../shared/store-revenue.ts'
import type { Store } from '../../shared/store.ts'
import { daysInWords, detailsInWords, hoursInWords, revenueInWords, zoneInWords } from './change-words.ts'
import { recordChange, type ChangeMade, type NewChange } from './changes.ts'
import { changeRules, type RuleChange } from './schedules.ts'
import { setStoreDetails } from './store-details.ts'
import { readStoreRevenue, setRevenue, type GivenRevenue } from './store-revenue.ts'
import { getStore } from './stores.ts'
import type { WriteTx } from './write-alone.ts'

/** Gives a store, known or new, weekly hours: from an instant on, or in place of all that it had. */
export function setBusinessHours(tx: WriteTx, change: BusinessHoursChange, at: number): Promise<Store> {
  const { storeId, spans, validFrom } = change
  return changed(
    tx,
    storeId,
    { what: 'hours', versions: [{ validFrom, rule: spans }] },
    {
      ...madeBy(change, at),
      kind: 'business-hours',
      what: hoursInWords(spans, validFrom),
      fromMs: validFrom ?? undefined,
    },
  )
}

/** Likewise a zone. Throws an `invalid` AppError for what is none. */
export async function setTimezone(tx: WriteTx, change: TimezoneChange, at: number): Promise<Store> {
  const { storeId, timezone, validFrom } = change
  // Loaded when it is needed, as most commands do without.
  const { ianaZoneName } = await import('../uptime/zone-offsets.ts')
  const rule = ianaZoneName(timezone.trim())
  if (rule === undefined) {
    throw new AppError(
      'invalid',
      `timezone: "${timezone.slice(0, 100)}" is not an IANA time zone: write one such as Europe/Berlin`,
    )
  }
  return changed(
    tx,
    storeId,
    { what: 'zones', versions: [{ validFrom, rule }] },
    {
      ...madeBy(change, at),
      kind: 'timezone',
      what: zoneInWords(rule, validFrom),
      fromMs: validFrom ?? undefined,
    },
  )
}

/** Gives dates of a store, known or new, hours of their own. */
export function setSpecialHours(tx: WriteTx, change: SpecialHoursChange, at: number): Promise<Store> {
  const { storeId, days } = change
  const dates = days.map(({ date }) => date)
  const twice = dates.find((date, i) => dates.indexOf(date) < i)
  if (twice !== undefined) {
    throw new AppError('invalid', `days: ${twice} is there more than once: put all of its spans into one`)
  }
  return changed(
    tx,
    storeId,
    { what: 'special', days },
    {
      ...madeBy(change, at),
      kind: 'special-hours',
      what: daysInWords(days),
    },
  )
}

async function changed(tx: WriteTx, storeId: StoreId, change: RuleChange, record: NewChange): Promise<Store> {
  const { rows } = await changeRules(tx, [change], [{ storeId, rule: 0, rows: 1 }])
  if (rows > 0) await recordChange(tx, { ...record, storeId })
  return getStore(tx, storeId)
}

/** Gives a store, known or new, a name and labels; what is left out stays as it is. */
export async function setDetails(tx: WriteTx, change: DetailsChange, at: number): Promise<Store> {
  const { storeId, name, labels } = change
  const before = name === undefined ? await nameOf(tx, storeId) : name
  const details = { storeId, name: before === '' ? null : before, labels, rows: 1 }
  const { rows } = await setStoreDetails(tx, [details])
  if (rows > 0) {
    const what = detailsInWords(name, labels)
    await recordChange(tx, { ...madeBy(change, at), kind: 'details', storeId, what })
  }
  return getStore(tx, storeId)
}

/** Says what a store, known or new, takes in an hour, in place of what was said. */
export async function setStoreRevenue(tx: WriteTx, change: RevenueChange, at: number): Promise<StoreRevenue> {
  const { storeId, perHour, currency } = change
  const given = hundredthsOf(perHour)
  const { rows } = await setRevenue(tx, [{ storeId, currency, given, rows: 1 }])
  if (rows > 0) {
    const what = revenueInWords(given, currency)
    await recordChange(tx, { ...madeBy(change, at), kind: 'revenue', storeId, what })
  }
  return readStoreRevenue(tx, storeId)
}

function hundredthsOf(perHour: RevenueChange['perHour']): GivenRevenue | null {
  const given = [perHour].flat().map((amount) => (amount === null ? null : Math.round(amount * 100)))
  return given.some((hundredths) => hundredths !== null) ? given : null
}

function madeBy({ by, reason }: ChangedBy, at: number): ChangeMade {
  return { by, reason, at }
}

async function nameOf(tx: WriteTx, storeId: StoreId): Promise<string | null> {
  const row = await tx.selectFrom('store').select('name').where('store_id', '=', storeId).executeTakeFirst()
  return row?.name ?? null
}
