import { incidentListInput, simulateInput } from '../../../shared/incident.ts'
import { procedureFor, router } from '../procedure.ts'

export const incidentRouter = router({
  /** Those that were open in some time, of stores and of many together. */
  list: procedureFor('stores:read', 'storeId', 'labels')
    .input(incidentListInput.prefault({}))
    .query(async ({ ctx, input }) => {
      const { listIncidents } = await import('../../insight/incidents.ts')
      return listIncidents(ctx.db, input, ctx.now())
    }),
  /** What would have been told; nothing is. */
  simulate: procedureFor('alerts:read')
    .input(simulateInput.prefault({}))
    .query(async ({ ctx, input }) => {
      const { simulateAlerts } = await import('../../insight/simulated-alerts.ts')
      return simulateAlerts(ctx.db, input, ctx.now())
    }),
})
