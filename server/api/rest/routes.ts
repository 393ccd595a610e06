import type { ApiParts } from '../api-parts.ts'
import { alertRoutes } from './alert-routes.ts'
import { alertRuleRoutes } from './alert-rule-routes.ts'
import { changeRoutes } from './change-routes.ts'
import { correctionRoutes } from './correction-routes.ts'
import { deletionRoutes } from './deletion-routes.ts'
import { digestRoutes } from './digest-routes.ts'
import { getReportRoutes } from './get-report-routes.ts'
import { insightRoutes } from './insight-routes.ts'
import { importEventRoutes } from './import-event-routes.ts'
import { importRoutes } from './import-routes.ts'
import { incidentRoutes } from './incident-routes.ts'
import { keyRoutes } from './key-routes.ts'
import { liveRoutes } from './live-routes.ts'
import { newsRoutes } from './news-routes.ts'
import { openSessionRoutes } from './open-session-routes.ts'
import { pollRoutes } from './poll-routes.ts'
import { pollerRoutes } from './poller-routes.ts'
import { pushRoutes } from './push-routes.ts'
import { reportEventRoutes } from './report-event-routes.ts'
import { reportFileRoutes } from './report-file-routes.ts'
import { reportListRoutes } from './report-list-routes.ts'
import { reportRequestRoutes } from './report-request-routes.ts'
import { retentionRoutes } from './retention-routes.ts'
import type { RestRoute } from './route.ts'
import { revenueRoutes } from './revenue-routes.ts'
import { salesRoutes } from './sales-routes.ts'
import { serviceRoutes } from './service-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { signInRoutes } from './sign-in-routes.ts'
import { silenceRoutes } from './silence-routes.ts'
import { sloRoutes } from './slo-routes.ts'
import { sourceRoutes } from './source-routes.ts'
import { storeRoutes } from './store-routes.ts'
import { toldIncidentRoutes } from './told-incident-routes.ts'
import { verificationRoutes } from './verification-routes.ts'
import { viewRoutes } from './view-routes.ts'

/** All REST operations, in the order in which they are matched. */
export function restRoutes(parts: ApiParts): RestRoute[] {
  return [
    ...reportRequestRoutes(parts),
    ...viewRoutes(parts), // before those whose ids would take it for one with an extension
    ...reportFileRoutes(parts), // before the operations whose ids would take a name with an extension
    ...getReportRoutes(parts),
    ...reportListRoutes(parts),
    ...verificationRoutes(parts),
    ...reportEventRoutes(parts),
    ...insightRoutes(parts),
    ...salesRoutes(parts),
    ...sloRoutes(parts),
    ...incidentRoutes(parts),
    ...toldIncidentRoutes(parts),
    ...importRoutes(parts),
    ...importEventRoutes(parts),
    ...liveRoutes(parts),
    ...storeRoutes(parts),
    ...revenueRoutes(parts),
    ...correctionRoutes(parts),
    ...changeRoutes(parts),
    ...alertRuleRoutes(parts),
    ...newsRoutes(parts),
    ...pushRoutes(parts),
    ...pollRoutes(parts),
    ...sourceRoutes(parts),
    ...pollerRoutes(parts),
    ...alertRoutes(parts),
    ...silenceRoutes(parts),
    ...digestRoutes(parts),
    ...deletionRoutes(parts),
    ...retentionRoutes(parts),
    ...keyRoutes(parts),
    ...sessionRoutes(parts),
    ...openSessionRoutes(parts),
    ...signInRoutes(parts),
    ...serviceRoutes(parts),
  ]
}
