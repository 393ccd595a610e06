import { useServerIsGone } from '../server-state.ts'

/** What is to be known of all that is below. */
export function Bars() {
  const isGone = useServerIsGone()
  return (
    <div role="status">
      {isGone && (
        <div className="bar">
          <div className="frame">The server does not answer. What is shown stays, and it is asked again.</div>
        </div>
      )}
    </div>
  )
}
