import * as z from 'zod'
import { outboxMessage } from './alert.ts'
import { alertEventKinds, toldStates } from './alert-kinds.ts'
import { count, isoInstant } from './fields.ts'
import { storeId } from './ids.ts'
import { incident } from './incident.ts'
import { incidentConditions } from './incident-condition.ts'
import { pageInput, pageOf } from './page.ts'
import { instant } from './report.ts'
import { keptText } from './text.ts'

const incidentId = z
  .int()
  .positive()
  .max(2 ** 31 - 1)
  .describe('Number of an incident of the ledger')

const acknowledgement = z
  .object({
    by: z.string().nullable().describe('By whom; null where that was not said'),
    note: z.string().nullable().describe('What was said with it; null where nothing was'),
    at: isoInstant.describe('When'),
    until: isoInstant.nullable().describe('Until when it counts; null: until the incident is over'),
    isInForce: z.boolean().describe('Whether it counts: the incident is told no further'),
  })
  .describe('That somebody knows of it')

const { condition, severity, group, value } = incident.shape

export const toldIncident = z
  .object({
    incidentId,
    condition,
    severity,
    storeId: z
      .string()
      .nullable()
      .describe('Of which store, also where that was deleted; null where it is of many'),
    storeName: z.string().nullable().describe('What that was called when it was told last; null likewise'),
    group,
    summary: z.string().describe('It in words, as it was recorded last'),
    start: isoInstant.describe('Since when it is so'),
    opened: isoInstant.describe('When it opened'),
    closed: isoInstant.nullable().describe('When it closed; null while it is open'),
    ending: z.string().nullable().describe('How, such as `recovered`; null while it is open'),
    value,
    told: z.enum(toldStates).describe('What was told of it last'),
    acknowledgement: acknowledgement
      .nullable()
      .describe('The last since it opened; null where nobody has acknowledged it'),
    repeats: count.describe('How often it was told again since it opened'),
    lastTold: isoInstant
      .nullable()
      .describe('When something of it was delivered last; null where nothing was'),
  })
  .describe('An incident of the ledger: what was told')
export type ToldIncident = z.infer<typeof toldIncident>

const toldEvent = z
  .object({
    sequence: z.int().positive().describe('Counted from 1'),
    kind: z.enum(alertEventKinds).describe('What became of it'),
    at: isoInstant.describe('When'),
    summary: z.string().describe('It in words'),
  })
  .describe('What became of an incident')

export const toldIncidentWithEvents = toldIncident
  .extend({
    events: z.array(toldEvent).describe('What became of it, in order'),
    messages: z.array(outboxMessage).describe('What was told of that, or is to be, in order'),
  })
  .describe('An incident of the ledger, with what became of it, and of its messages')
export type ToldIncidentWithEvents = z.infer<typeof toldIncidentWithEvents>

export const toldIncidentFields = {
  open: z.boolean().default(false).describe('Only those that are open'),
  condition: z.enum(incidentConditions).optional().describe('Only of this condition'),
  storeId: storeId.optional().describe('Only those of this store'),
}
export const toldIncidentsInput = pageInput.extend(toldIncidentFields)
export type ToldIncidentsQuery = z.output<typeof toldIncidentsInput>
export const toldIncidentPage = pageOf(toldIncident)

export const oneIncidentInput = z.strictObject({ incidentId })

export const acknowledging = z
  .strictObject({
    note: keptText.nullable().default(null).describe('What is to be known of it'),
    until: instant
      .optional()
      .describe('Until when it counts (default: until the incident is over)')
      .meta({ examples: ['2026-10-05T18:00:00Z'] }),
    by: keptText.nullable().default(null).describe('Who acknowledges it'),
  })
  .describe('That somebody knows of it')
export type Acknowledging = z.output<typeof acknowledging>
export const acknowledgeInput = acknowledging.extend({ incidentId })
