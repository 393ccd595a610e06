import { useTitle } from '../parts/title.ts'
import { ViewLink } from '../parts/view-link.tsx'

export function NotFound() {
  useTitle('Not found')
  return (
    <>
      <h1>There is no such page</h1>
      <p>
        <ViewLink to="/">Overview</ViewLink>
      </p>
    </>
  )
}
