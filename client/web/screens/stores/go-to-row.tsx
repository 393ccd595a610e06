import type { SubmitEvent } from 'react'
import { count } from '../../format.ts'

/** Where in the rows one is, and a way to any of them. */
export function GoToRow({
  rows,
  first,
  end,
  onGo,
}: {
  rows: number
  first: number
  end: number
  onGo: (row: number) => void
}) {
  function go(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault()
    const row = Number(new FormData(event.currentTarget).get('row'))
    if (row >= 1) onGo(Math.min(rows, Math.floor(row)) - 1)
  }
  return (
    <form className="go" onSubmit={go}>
      <span className="quiet">
        {count(first + 1)}–{count(end)} of {count(rows)}
      </span>
      <label>
        <span className="quiet">Go to row </span>
        <input name="row" inputMode="numeric" pattern="[0-9]*" size={8} aria-label="Go to row" />
      </label>
    </form>
  )
}
