import type { StoreId } from '../../../shared/ids.ts'
import type { TurnOutcome } from '../../../shared/poller.ts'
import type { CountedTurns } from '../../database/pollers.ts'

/** Counts what came of turns, until that is recorded. */
export interface TurnCounts {
  add(
    outcome: TurnOutcome,
    turns: number,
    example?: { readonly storeId: StoreId; readonly message: string },
  ): void
  areSome(): boolean
  /** What was counted since the last time. */
  take(): CountedTurns[]
  /** Counts again what was taken and could not be recorded. */
  putBack(counted: readonly CountedTurns[]): void
}

const MOST_CHARACTERS = 300

export function createTurnCounts(): TurnCounts {
  let counts = new Map<TurnOutcome, { turns: number; example: string | null }>()
  return {
    add(outcome, turns, example) {
      const text =
        example === undefined ? null : `${example.storeId}: ${example.message}`.slice(0, MOST_CHARACTERS)
      counts.set(outcome, { turns: (counts.get(outcome)?.turns ?? 0) + turns, example: text })
    },
    areSome: () => counts.size > 0,
    take() {
      const taken = Array.from(counts, ([outcome, counted]) => ({ outcome, ...counted }))
      counts = new Map()
      return taken
    },
    putBack(counted) {
      for (const { outcome, turns, example } of counted) {
        const later = counts.get(outcome)
        counts.set(outcome, { turns: turns + (later?.turns ?? 0), example: later?.example ?? example })
      }
    },
  }
}
