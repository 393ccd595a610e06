import type { StoreState } from '../../../shared/store-state.ts'

export const stateNames: Readonly<Record<StoreState, string>> = {
  down: 'Down',
  unknown: 'Unknown',
  up: 'Up',
  excused: 'Excused',
  closed: 'Closed',
}

/** A state by its form and its name, so that colour is only one of three ways to tell it. */
export function StateMark({ state, children }: { state: StoreState | null; children?: string }) {
  if (state === null) return <span className="quiet">–</span>
  return (
    <span className={`state ${state}`}>
      <StateForm state={state} />
      {children ?? stateNames[state]}
    </span>
  )
}

/** Down is full, unknown middling and hatched, up low, excused outlined, closed a line. */
export function StateForm({ state }: { state: StoreState }) {
  return (
    <svg className="form" width="10" height="12" viewBox="0 0 10 12" aria-hidden="true">
      {state === 'down' && <rect width="10" height="12" fill="var(--down)" />}
      {state === 'unknown' && (
        <>
          <rect y="4" width="10" height="8" fill="var(--unknown-ground)" />
          <path d="M0 9 5 4M0 12 8 4M3 12l7-7M7 12l3-3" stroke="var(--unknown)" strokeWidth="1.4" />
        </>
      )}
      {state === 'up' && <rect y="8" width="10" height="4" fill="var(--up)" />}
      {state === 'excused' && (
        <rect
          x="0.75"
          y="4.75"
          width="8.5"
          height="6.5"
          fill="none"
          stroke="var(--excused)"
          strokeWidth="1.5"
        />
      )}
      {state === 'closed' && <rect y="11" width="10" height="1" fill="var(--strong-line)" />}
    </svg>
  )
}
