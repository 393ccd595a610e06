import type { ApiParts } from '../api-parts.ts'
import { importRoutes } from './import-routes.ts'
import { reportEventRoutes } from './report-event-routes.ts'
import { reportFileRoutes } from './report-file-routes.ts'
import { reportRequestRoutes } from './report-request-routes.ts'
import { reportStateRoutes } from './report-state-routes.ts'
import type { RestRoute } from './route.ts'
import { serviceRoutes } from './service-routes.ts'

/** All REST operations, in the order in which they are matched. */
export function restRoutes(parts: ApiParts): RestRoute[] {
  return [
    ...reportRequestRoutes(parts),
    ...reportFileRoutes(parts), // before the operations whose ids would take a name with an extension
    ...reportStateRoutes(parts),
    ...reportEventRoutes(parts),
    ...importRoutes(parts),
    ...serviceRoutes(parts),
  ]
}
