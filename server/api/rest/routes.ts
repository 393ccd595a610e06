import type { ApiParts } from '../api-parts.ts'
import { importRoutes } from './import-routes.ts'
import { reportRoutes } from './report-routes.ts'
import type { RestRoute } from './route.ts'
import { serviceRoutes } from './service-routes.ts'

/** All REST operations, in the order in which they are matched. */
export function restRoutes(parts: ApiParts): RestRoute[] {
  return [...reportRoutes(parts), ...importRoutes(parts), ...serviceRoutes(parts)]
}
