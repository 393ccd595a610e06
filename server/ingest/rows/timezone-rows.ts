import type { StoreRule } from '../../database/stores.ts'
import { storeIdPattern } from '../../../shared/store-id-pattern.ts'
import { ianaZoneName } from '../../uptime/zone-offsets.ts'
import type { HeaderOf } from '../csv/header.ts'
import type { Pairs } from './pairs.ts'
import { quoted, storeIdProblem, versionProblem, type RowCollector } from './row-collector.ts'
import { createScanner, hasPlainColumns } from './scanner/scanner.ts'

export interface ZonesOfStores {
  /** The different zones of a file. */
  readonly zones: readonly string[]
  /** The place in `zones` of each store's. */
  readonly stores: readonly StoreRule<number>[]
}

/** Collects the rows of a file of timezones. The last row of a store counts. */
export function createTimezoneRows(header: HeaderOf<'timezones'>): RowCollector<ZonesOfStores> {
  const { store_id, timezone_str, valid_from } = header.columns
  const zones = createZones()
  const { stores, takeRules } = createScanner(zones.numberOf)
  const zoneOfStore: number[] = []
  let size = 0

  function add(store: number, zone: number): void {
    zoneOfStore[store] = zone
    size++
  }

  function append({ groups, words, count }: Pairs): void {
    for (let i = 0; i < count; i++) add(groups[i]!, words[i]!)
  }

  function zonesOfStores(): ZonesOfStores {
    return {
      zones: zones.names,
      stores: stores
        .inOrder()
        .map((store) => ({ storeId: stores.idOf(store), rule: zoneOfStore[store]!, rows: 1 })),
    }
  }

  return {
    takeFirst: hasPlainColumns(header) ? (bytes) => takeRules(bytes, append) : undefined,
    take(fields) {
      const storeId = fields[store_id]!
      if (!storeIdPattern.test(storeId)) return storeIdProblem(storeId)
      const zone = zones.numberOf(fields[timezone_str]!)
      if (zone < 0) return `timezone_str ${quoted(fields[timezone_str]!)} is not an IANA time zone`
      if (valid_from !== undefined && fields[valid_from] !== '') return versionProblem(fields[valid_from]!)
      add(stores.numberOf(storeId), zone)
      return undefined
    },
    size: () => size,
    steps: () => [{ rows: size, prepare: zonesOfStores }],
  }
}

/** The zones that a file names, counted from 0. */
function createZones() {
  const names: string[] = []
  const numbers = new Map<string, number>()
  return {
    /** -1 for what is no zone. */
    numberOf(text: string): number {
      const known = numbers.get(text)
      if (known !== undefined) return known
      const name = ianaZoneName(text)
      if (numbers.size >= 10_000) numbers.clear()
      numbers.set(text, name === undefined ? -1 : names.push(name) - 1)
      return numbers.get(text)!
    },
    names: names as readonly string[],
  }
}
