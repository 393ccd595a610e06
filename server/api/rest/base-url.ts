import type { Context } from 'hono'
import type { ApiParts } from '../api-parts.ts'

/** Where the API is: as it was configured, or as this caller sees it. */
export function baseUrl({ publicUrl }: Pick<ApiParts, 'publicUrl'>, context: Context): string {
  return publicUrl ?? context.req.url
}
