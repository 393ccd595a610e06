import type { RowsQuery } from './pages.ts'

/** This very filter and order as files. */
export function RowFiles({ query: { reportId, ...query } }: { query: RowsQuery }) {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value ?? []].flat()) search.append(restName(name), String(one))
  }
  const address = (format: string) => `/reports/${reportId}/rows.${format}?${search}`
  return (
    <p className="files">
      <a href={address('csv')} download>
        CSV
      </a>
      <a href={address('xlsx')} download>
        Excel
      </a>
    </p>
  )
}

/** `sortBy` as REST has it: `sort_by`. */
function restName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
