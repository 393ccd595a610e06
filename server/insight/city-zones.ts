import type { CheckFinding } from '../../shared/check.ts'
import type { StoreId } from '../../shared/ids.ts'

/** What tells of a store where it is; stores of different chains may call different places the same. */
export interface Place {
  readonly city: string
  readonly chain: string | undefined
}

interface ZoneOfPlace {
  /** As the first of its stores has it: a zone may have several names. */
  readonly name: string
  count: number
  /** The first ones, in ascending order of id. */
  readonly first: StoreId[]
}

/** The zones of the stores in each city: most stores of one know which it is. */
export interface CityZones {
  /** Stores come in ascending order of id. */
  add(storeId: StoreId, zone: string, place: Place): void
  /** The finding of those whose zone is another one than most stores of their place have. */
  findings(): CheckFinding[]
}

export function createCityZones(limit: number): CityZones {
  const canonicalName = createCanonicalNames()
  const places = new Map<string, { readonly place: Place; readonly zones: Map<string, ZoneOfPlace> }>()
  return {
    add(storeId, zone, place) {
      const key = JSON.stringify([place.city, place.chain])
      let known = places.get(key)
      if (known === undefined) places.set(key, (known = { place, zones: new Map() }))
      const canonical = canonicalName(zone)
      let ofZone = known.zones.get(canonical)
      if (ofZone === undefined) known.zones.set(canonical, (ofZone = { name: zone, count: 0, first: [] }))
      ofZone.count++
      if (ofZone.first.length < limit) ofZone.first.push(storeId)
    },
    findings() {
      const others = [...places.values()].flatMap(({ place, zones }) => otherZones(place, zones))
      const count = others.reduce((sum, other) => sum + other.count, 0)
      if (count === 0) return []
      const first = others.flatMap(({ first, detail }) => first.map((storeId) => ({ storeId, detail })))
      return [
        {
          check: 'zone-differs',
          isDoubtful: true,
          count,
          summary: `${count} ${count === 1 ? 'store whose timezone is' : 'stores whose timezones are'} not that of most stores in the same city`,
          remedy:
            'correct the timezone, or the label that says where the store is; nothing, where both are right',
          first: first
            .sort((a, b) => (a.storeId < b.storeId ? -1 : 1))
            .slice(0, limit)
            .map(({ storeId, detail }) => ({ storeId, from: null, until: null, detail })),
        },
      ]
    },
  }
}

/** The zones of a place but that of most of its stores; none where no zone has more than half of them. */
function otherZones(
  { city, chain }: Place,
  zones: ReadonlyMap<string, ZoneOfPlace>,
): (ZoneOfPlace & { readonly detail: string })[] {
  const all = [...zones.values()]
  const stores = all.reduce((sum, { count }) => sum + count, 0)
  const usual = all.find(({ count }) => count * 2 > stores)
  if (usual === undefined) return []
  const where = chain === undefined ? `in ${city}` : `of ${chain} in ${city}`
  const isUsual = `${usual.count} of ${stores} stores ${where} are in ${usual.name}`
  return all
    .filter((zone) => zone !== usual)
    .map((others) => ({ ...others, detail: `${others.name}; ${isUsual}` }))
}

/** One name for each zone, as `US/Central` and `America/Chicago` are one. */
function createCanonicalNames(): (zone: string) => string {
  const names = new Map<string, string>()
  return (zone) => {
    let name = names.get(zone)
    if (name === undefined) {
      name = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
      names.set(zone, name)
    }
    return name
  }
}
