import {
  NOT_KEPT,
  rowWeekOf,
  WEEKS_PER_ROW,
  WORDS_PER_WEEK,
  type KeptRow,
  type KeptRows,
} from '../database/kept-weeks.ts'
import type { StoreRules } from '../database/report-input.ts'
import type { Tally } from '../uptime/tally.ts'
import type { Words } from '../uptime/words.ts'
import { createPeriodTotals, putTallies, wordsPerStore, type PeriodTotals } from './period-totals.ts'
import type { ReportWeeks } from './report-weeks.ts'
import { createUncorrected, type UncorrectedTotals } from './uncorrected.ts'

/** Weeks of some stores, by place, that follow each other and that nothing is known of. */
export interface MissingWeeks {
  readonly first: number
  readonly last: number
  readonly places: readonly number[]
}

export interface JudgedTallies {
  readonly tallies: readonly Tally[]
  /** Those without corrections; undefined where there are none. */
  readonly alone: readonly Tally[] | undefined
  /** Whether an ISO week of them is to be kept. */
  keeps(isoWeek: number): boolean
}

/** The totals of stores by week, some of which were kept, and the others are judged. */
export interface WeekTotals {
  readonly totals: PeriodTotals
  /** Takes what was kept. */
  fill(kept: readonly KeptRows[]): void
  missing(): MissingWeeks[]
  /** Takes what was judged of weeks that follow each other, from the one at `first` on. */
  put(place: number, first: number, judged: JudgedTallies): void
  /** What is to be kept, with what was before, in ascending order of week and store. */
  found(): KeptRow[]
  uncorrected(): UncorrectedTotals
}

export function createWeekTotals(stores: readonly StoreRules[], weeks: ReportWeeks): WeekTotals {
  const { first: firstWeek, count, isFinal } = weeks
  const words = wordsPerStore(count)
  const totals = createPeriodTotals(stores.length, count)
  const isKnown = new Uint8Array(stores.length * count)
  const placeOf = new Map(stores.map(({ storeKey }, place) => [storeKey, place]))
  const rowsBefore = new Map<number, (place: number) => Words | undefined>()
  const rowsFound = new Map<number, Map<number, Words>>()
  const aloneOf = new Map<number, { readonly first: number; readonly alone: readonly Tally[] }[]>()
  stores.forEach(({ storeKey }, place) => {
    totals[place * words] = storeKey
  })

  const at = (place: number, week: number) => place * words + 1 + week * WORDS_PER_WEEK

  function fillRows({ week: rowWeek, storeKeys, from, words: kept }: KeptRows): void {
    const rowOf = new Int32Array(stores.length).fill(-1)
    const begin = Math.max(0, firstWeek - rowWeek)
    const end = Math.min(WEEKS_PER_ROW, firstWeek + count - rowWeek)
    storeKeys.forEach((storeKey, i) => {
      const place = placeOf.get(storeKey)
      if (place === undefined) return
      rowOf[place] = from[i]!
      for (let of = begin; of < end; of++) {
        const week = rowWeek + of - firstWeek
        const start = from[i]! + of * WORDS_PER_WEEK
        if (isFinal[week] !== 1 || kept[start] === NOT_KEPT) continue
        const to = at(place, week)
        for (let word = 0; word < WORDS_PER_WEEK; word++) totals[to + word] = kept[start + word]!
        isKnown[place * count + week] = 1
      }
    })
    rowsBefore.set(rowWeek, (place) => {
      const start = rowOf[place]!
      return start < 0 ? undefined : kept.slice(start, start + WEEKS_PER_ROW * WORDS_PER_WEEK)
    })
  }

  function keep(place: number, week: number): void {
    const { storeKey } = stores[place]!
    const rowWeek = rowWeekOf(firstWeek + week)
    const rows = rowsOf(rowsFound, rowWeek)
    let row = rows.get(storeKey)
    if (row === undefined) {
      row = rowsBefore.get(rowWeek)?.(place) ?? new Uint32Array(WEEKS_PER_ROW * WORDS_PER_WEEK).fill(NOT_KEPT)
      rows.set(storeKey, row)
    }
    const from = at(place, week)
    row.set(totals.subarray(from, from + WORDS_PER_WEEK), (firstWeek + week - rowWeek) * WORDS_PER_WEEK)
  }

  return {
    totals,
    fill: (kept) => kept.forEach(fillRows),

    missing() {
      const runs = new Map<number, { first: number; last: number; places: number[] }>()
      for (let place = 0; place < stores.length; place++) {
        for (let first = 0, last = 0; first < count; first = last + 1) {
          last = first
          if (isKnown[place * count + first] === 1) continue
          while (last + 1 < count && isKnown[place * count + last + 1] === 0) last++
          const name = first * count + last
          const run = runs.get(name)
          if (run === undefined) runs.set(name, { first, last, places: [place] })
          else run.places.push(place)
        }
      }
      return [...runs.values()]
    },

    put(place, first, { tallies, alone, keeps }) {
      putTallies(totals, at(place, first), tallies)
      if (alone !== undefined) aloneOf.set(place, [...(aloneOf.get(place) ?? []), { first, alone }])
      tallies.forEach((_, i) => {
        if (isFinal[first + i] === 1 && keeps(firstWeek + first + i)) keep(place, first + i)
      })
    },

    found: () =>
      [...rowsFound]
        .sort(byNumber)
        .flatMap(([week, rows]) =>
          [...rows].sort(byNumber).map(([storeKey, totals]) => ({ week, storeKey, totals })),
        ),

    uncorrected() {
      const uncorrected = createUncorrected()
      for (const [place, judged] of [...aloneOf].sort(byNumber)) {
        const ofStore = totals.subarray(place * words, (place + 1) * words)
        const without = ofStore.slice()
        for (const { first, alone } of judged) putTallies(without, at(0, first), alone)
        uncorrected.put(place, ofStore, without)
      }
      return uncorrected
    },
  }
}

function rowsOf(rows: Map<number, Map<number, Words>>, week: number): Map<number, Words> {
  let ofWeek = rows.get(week)
  if (ofWeek === undefined) rows.set(week, (ofWeek = new Map<number, Words>()))
  return ofWeek
}

function byNumber([a]: readonly [number, unknown], [b]: readonly [number, unknown]): number {
  return a - b
}
