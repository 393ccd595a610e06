import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { isUnanswered } from '../trpc.ts'

/** Why something is not shown, as the server says it, with what can be done here. */
export function Failed({
  error,
  retry,
  children,
}: {
  error: { readonly message: string }
  retry?: () => void
  children?: ReactNode
}) {
  const queries = useQueryClient()
  const again =
    retry ?? (() => void queries.invalidateQueries({ predicate: ({ state }) => state.status === 'error' }))
  const message = isUnanswered(error) ? 'The server does not answer; it is asked again.' : error.message
  return (
    <div className="notice bad" role="alert">
      <span>{message}</span>
      {children}
      <button type="button" className="plain" onClick={again}>
        Try again
      </button>
    </div>
  )
}

export function Waiting({ children = 'Loading …' }: { children?: ReactNode }) {
  return (
    <p className="quiet" role="status">
      {children}
    </p>
  )
}
