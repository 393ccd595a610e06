import { AppError } from '../../shared/app-error.ts'
import type { StoreId } from '../../shared/ids.ts'
import type {
  BusinessHoursChange,
  DetailsChange,
  SpecialHoursChange,
  TimezoneChange,
} from '../../shared/store-change.ts'
import type { Store } from '../../shared/store.ts'
import { changeRules, type RuleChange } from './schedules.ts'
import { setStoreDetails } from './store-details.ts'
import { getStore } from './stores.ts'
import type { WriteTx } from './write-alone.ts'

/** Gives a store, known or new, weekly hours: from an instant on, or in place of all that it had. */
export function setBusinessHours(tx: WriteTx, change: BusinessHoursChange): Promise<Store> {
  const { storeId, spans, validFrom } = change
  return changed(tx, storeId, { what: 'hours', versions: [{ validFrom, rule: spans }] })
}

/** Likewise a zone. Throws an `invalid` AppError for what is none. */
export async function setTimezone(tx: WriteTx, change: TimezoneChange): Promise<Store> {
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
  return changed(tx, storeId, { what: 'zones', versions: [{ validFrom, rule }] })
}

/** Gives dates of a store, known or new, hours of their own. */
export function setSpecialHours(tx: WriteTx, { storeId, days }: SpecialHoursChange): Promise<Store> {
  const dates = days.map(({ date }) => date)
  const twice = dates.find((date, i) => dates.indexOf(date) < i)
  if (twice !== undefined) {
    throw new AppError('invalid', `days: ${twice} is there more than once: put all of its spans into one`)
  }
  return changed(tx, storeId, { what: 'special', days })
}

async function changed(tx: WriteTx, storeId: StoreId, change: RuleChange): Promise<Store> {
  await changeRules(tx, [change], [{ storeId, rule: 0, rows: 1 }])
  return getStore(tx, storeId)
}

/** Gives a store, known or new, a name and labels; what is left out stays as it is. */
export async function setDetails(tx: WriteTx, { storeId, name, labels }: DetailsChange): Promise<Store> {
  const before = name === undefined ? await nameOf(tx, storeId) : name
  await setStoreDetails(tx, [{ storeId, name: before === '' ? null : before, labels, rows: 1 }])
  return getStore(tx, storeId)
}

async function nameOf(tx: WriteTx, storeId: StoreId): Promise<string | null> {
  const row = await tx.selectFrom('store').select('name').where('store_id', '=', storeId).executeTakeFirst()
  return row?.name ?? null
}
