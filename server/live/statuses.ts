import { storeStates, type StoreState } from '../../shared/store-state.ts'
import type { Words } from '../uptime/words.ts'
import type { StatusChange } from './change-log.ts'
import * as is from './store-table.ts'
import type { StoreTable } from './store-table.ts'

const [UP, DOWN, UNKNOWN, EXCUSED, CLOSED] = (['up', 'down', 'unknown', 'excused', 'closed'] as const).map(
  (state) => storeStates.indexOf(state),
) as [number, number, number, number, number]

type StateCounts = Record<StoreState, number>

/** What all stores are at the last instant before `asOf`: rules 13, 20 and 21 of docs/uptime.md. Returns those that went down, or are not
 * down any more. */
export function findStatuses(
  table: StoreTable,
  {
    isOpen,
    asOfMs,
    reachMs,
  }: { readonly isOpen: Uint8Array; readonly asOfMs: number; readonly reachMs: number },
): Map<number, StatusChange> {
  const { flags, schedule, speaksMs, status, size } = table
  const changes = new Map<number, StatusChange>()
  const spokenFromMs = asOfMs - 1 - reachMs
  for (let key = 0; key < size; key++) {
    const flag = flags[key]!
    let now: number
    if ((flag & is.EXISTS) === 0) now = is.NO_STORE
    else if (isOpen[schedule[key]!] === 0 || (flag & is.CLOSED_NOW) !== 0) now = CLOSED
    else if ((flag & is.EXCUSED_NOW) !== 0) now = EXCUSED
    else if ((flag & is.SPEAKS) === 0 || speaksMs[key]! <= spokenFromMs) now = UNKNOWN
    else now = (flag & is.SPEAKS_ACTIVE) === 0 ? DOWN : UP
    if (status[key] === now) continue
    const from = status[key]!
    if (from === DOWN || now === DOWN) changes.set(key, { from, to: now })
    status[key] = now
  }
  return changes
}

/** Whether it is the place of `down`. */
export function isDown(status: number): boolean {
  return status === DOWN
}

export interface ToldStatuses {
  readonly down: readonly number[]
  readonly counts: StateCounts
}

/** Which stores are down, in the order of their keys, and how many are what; of some stores, or of all. */
export function tellStatuses({ status, size }: StoreTable, storeKeys: Words | undefined): ToldStatuses {
  const counted = new Uint32Array(256)
  const down: number[] = []
  const count = storeKeys?.length ?? size
  for (let i = 0; i < count; i++) {
    const key = storeKeys === undefined ? i : storeKeys[i]!
    if (key >= size) continue
    const now = status[key]!
    counted[now]!++
    if (now === DOWN) down.push(key)
  }
  const counts = Object.fromEntries(storeStates.map((state, i) => [state, counted[i]!])) as StateCounts
  return { down, counts }
}
