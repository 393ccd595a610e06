import { Temporal } from 'temporal-polyfill'

/** Other names of zones, which `supportedValuesOf` leaves out, and a few without any rule. */
const links = [
  'UTC',
  'US/Central',
  'Asia/Calcutta',
  'Europe/Kiev',
  'GB',
  'Etc/GMT+12',
  'Etc/GMT-14',
  'EST5EDT',
]

export const allZones: readonly string[] = [...Intl.supportedValuesOf('timeZone'), ...links]

const FIRST_MS = Date.UTC(1970, 0, 1)
const LAST_MS = Date.UTC(2038, 0, 1)

/** The instants from 1970 to 2037 at which a zone's offset changes. */
export function clockChanges(timezone: string): number[] {
  const found: number[] = []
  let at = Temporal.Instant.fromEpochMilliseconds(FIRST_MS).toZonedDateTimeISO(timezone)
  for (;;) {
    const next = at.getTimeZoneTransition('next')
    if (next === null || next.epochMilliseconds >= LAST_MS) return found
    found.push(next.epochMilliseconds)
    at = next
  }
}
