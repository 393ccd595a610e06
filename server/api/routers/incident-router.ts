import { incidentListInput, simulateInput } from '../../../shared/incident.ts'
import { acknowledgeInput, oneIncidentInput, toldIncidentsInput } from '../../../shared/told-incident.ts'
import { getToldIncident, listToldIncidents } from '../../database/listed-incidents.ts'
import { acknowledge, takeBack } from '../acknowledging.ts'
import { procedureFor, router } from '../procedure.ts'

export const incidentRouter = router({
  /** Those that were open in some time, of stores and of many together. */
  list: procedureFor('stores:read', 'storeId', 'labels')
    .input(incidentListInput.prefault({}))
    .query(async ({ ctx, input }) => {
      const { listIncidents } = await import('../../insight/incidents.ts')
      return listIncidents(ctx.db, input, ctx.now())
    }),
  /** The ledger: those of which something was told, the latest first. */
  told: procedureFor('alerts:read')
    .input(toldIncidentsInput.prefault({}))
    .query(({ ctx, input }) => listToldIncidents(ctx.db, input, ctx.now())),
  /** One of the ledger, with what became of it, and of its messages. */
  get: procedureFor('alerts:read')
    .input(oneIncidentInput)
    .query(({ ctx, input: { incidentId } }) => getToldIncident(ctx.db, incidentId, ctx.now())),
  /** Says that somebody knows of it: until that ends, it is told neither again nor to others. */
  acknowledge: procedureFor('alerts:run')
    .input(acknowledgeInput)
    .mutation(({ ctx, input }) => acknowledge(ctx, ctx.principal, input)),
  /** Takes that back. */
  takeBack: procedureFor('alerts:run')
    .input(oneIncidentInput)
    .mutation(({ ctx, input: { incidentId } }) => takeBack(ctx, incidentId)),
  /** What would have been told; nothing is. */
  simulate: procedureFor('alerts:read')
    .input(simulateInput.prefault({}))
    .query(async ({ ctx, input }) => {
      const { simulateAlerts } = await import('../../insight/simulated-alerts.ts')
      return simulateAlerts(ctx.db, input, ctx.now())
    }),
})
