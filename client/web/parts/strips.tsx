import { useQueries } from '@tanstack/react-query'
import type { Report } from '../../../shared/report.ts'
import type { Strip } from '../../../shared/store-strip.ts'
import { DayStrip } from '../charts/strip.tsx'
import { trpc } from '../trpc.ts'
import { inputOf } from '../use-report.ts'
import { useView } from '../use-view.ts'

/** As long as a request may be, whatever ids look like. */
const MOST_CHARACTERS = 4000
const MOST_STORES = 100
const KEPT_MS = 60_000

export type StripOf = ReadonlyMap<string, Strip>

interface WithId {
  readonly storeId: string
}

/** The last days of stores, as the report judges them; of each page of them in requests of its own. */
export function useStrips(pages: readonly (readonly WithId[])[], { asOf }: Report, isWanted = true): StripOf {
  const { view } = useView()
  const { labels: _, ...judging } = inputOf({ ...view, asOf })
  return useQueries({
    queries: pages.flatMap(inRequests).map((storeIds) => ({
      ...trpc.store.strips.queryOptions({ ...judging, storeIds }, { gcTime: KEPT_MS }),
      enabled: isWanted,
    })),
    combine: byStore,
  })
}

function byStore(results: readonly { readonly data?: readonly Strip[] | undefined }[]): StripOf {
  return new Map(results.flatMap(({ data = [] }) => data.map((strip) => [strip.storeId, strip])))
}

function inRequests(rows: readonly WithId[]): string[][] {
  const requests: string[][] = []
  let characters = Infinity
  for (const { storeId } of rows) {
    characters += encodeURIComponent(storeId).length
    if (characters > MOST_CHARACTERS || requests.at(-1)!.length === MOST_STORES) {
      requests.push([])
      characters = 0
    }
    requests.at(-1)!.push(storeId)
  }
  return requests
}

export function Strips({ of, storeId }: { of: StripOf; storeId: string }) {
  const strip = of.get(storeId)
  return strip ? <DayStrip days={strip.days} /> : <span className="strip" />
}
