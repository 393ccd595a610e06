import type { ImportRecord } from '../../shared/import.ts'

/** Names a state of an import, so that it is known again after a reconnection. */
export function importEventIdOf({ state, rowsAccepted }: ImportRecord): string {
  return state === 'running' ? `${state}-${rowsAccepted}` : state
}
