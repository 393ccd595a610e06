import { ianaZoneName } from '../../uptime/zone-offsets.ts'
import type { HeaderOf } from '../csv/header.ts'
import { quoted, type RowCollector } from './row-collector.ts'
import { createRuleRows, parseValidFrom, type RulesOfStores } from './rule-rows.ts'

interface ZoneEntry {
  readonly validFrom: number | null
  readonly rule: string
}

/** Collects the rows of a file of timezones. The last row of a store and instant counts. */
export function createTimezoneRows(header: HeaderOf<'timezones'>): RowCollector<RulesOfStores> {
  const { timezone_str, valid_from } = header.columns
  return createRuleRows<ZoneEntry>(header, [timezone_str, valid_from], {
    parse([zone = '', from = '']) {
      const rule = ianaZoneName(zone)
      if (rule === undefined) return `timezone_str ${quoted(zone)} is not an IANA time zone`
      const validFrom = parseValidFrom(from)
      return typeof validFrom === 'string' ? validFrom : { validFrom, rule }
    },
    inForce: (entries) => [...new Map(entries.map((entry) => [entry.validFrom, entry])).values()],
    change: (versions) => ({ what: 'zones', versions }),
  })
}
