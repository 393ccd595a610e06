import { setRules } from '../database/stores.ts'
import { ianaZoneName } from '../uptime/zone-offsets.ts'
import type { StoreId } from '../../shared/ids.ts'
import type { Header } from './header.ts'
import { findStoreId, quoted, storeIdProblem, versionProblem, type RowCollector } from './row-collector.ts'

/** Collects the rows of a file of timezones. The last row of a store counts. */
export function createTimezoneRows({ columns }: Pick<Header, 'columns'>): RowCollector {
  const [storeColumn, zoneColumn, validFromColumn] = columns as [number, number, number]
  const zoneNames = new Map<string, string | undefined>()
  const timezones = new Map<StoreId, string>()
  let size = 0

  function zoneName(text: string): string | undefined {
    if (!zoneNames.has(text)) {
      if (zoneNames.size >= 10_000) zoneNames.clear()
      zoneNames.set(text, ianaZoneName(text))
    }
    return zoneNames.get(text)
  }

  return {
    take(fields) {
      const storeId = findStoreId(fields[storeColumn]!)
      if (storeId === undefined) return storeIdProblem(fields[storeColumn]!)
      const zone = zoneName(fields[zoneColumn]!)
      if (zone === undefined) return `timezone_str ${quoted(fields[zoneColumn]!)} is not an IANA time zone`
      const validFrom = fields[validFromColumn] ?? ''
      if (validFrom !== '') return versionProblem(validFrom)
      timezones.set(storeId, zone)
      size++
      return undefined
    },
    size: () => size,
    steps: () => [
      {
        rows: size,
        prepare: () => async (transaction) => (await setRules(transaction, 'timezone', timezones)).length,
      },
    ],
  }
}
