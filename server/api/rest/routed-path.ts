import { getPath } from 'hono/utils/url'

/** Where clients of other systems have the operations on reports, besides at the root; under /csv, a report is its CSV. */
export const dialectBases = ['/api', '/api/v1', '/reports', '/csv'] as const

const dialectPath =
  /^(\/csv)?(?:\/api(?:\/v1)?|\/reports)?\/(trigger_report|get_report|download_report)(?:\/([^/]+))?(\/)?$/

/**
 * The path by which a request is routed: that of the operation, without the base of a dialect and without a slash at the
 * end. A slash behind the id in `/get_report/{id}/` stands for the base /csv: it is the dialect whose answer is the CSV.
 */
export function routedPath(request: Request): string {
  const path = getPath(request)
  const [, csvBase, operation, id, slash] = dialectPath.exec(path) ?? []
  if (operation === undefined) return path.length > 1 ? path.replace(/\/$/, '') : path
  const isCsv = operation === 'get_report' && (csvBase ?? (id && slash)) !== undefined
  return `${isCsv ? '/csv' : ''}/${operation}${id === undefined ? '' : `/${id}`}`
}
