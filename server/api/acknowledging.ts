import { AppError } from '../../shared/app-error.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { Acknowledging, ToldIncidentWithEvents } from '../../shared/told-incident.ts'
import { authorOf, type Principal } from '../access/principal.ts'
import { acknowledgeIncident, takeBackAcknowledgement } from '../database/acknowledged-incidents.ts'
import { getToldIncident } from '../database/listed-incidents.ts'
import type { ApiParts } from './api-parts.ts'

type Parts = Pick<ApiParts, 'change' | 'now'>

/** Has an incident told no further for now. Throws an `invalid` AppError where that would be over already. */
export function acknowledge(
  { change, now }: Parts,
  principal: Principal,
  { incidentId, note, until, by }: Acknowledging & { readonly incidentId: number },
): Promise<ToldIncidentWithEvents> {
  const at = now()
  if (until !== undefined && until <= at) {
    throw new AppError(
      'invalid',
      `until: ${formatTimestamp(until)} is not after ${formatTimestamp(at)}: write a later time`,
    )
  }
  const acknowledgement = { by: authorOf(principal, by), note, untilMs: until ?? null }
  return change(async (tx) => {
    await acknowledgeIncident(tx, incidentId, acknowledgement, at)
    return getToldIncident(tx, incidentId, at)
  })
}

/** Takes that back. */
export function takeBack({ change, now }: Parts, incidentId: number): Promise<ToldIncidentWithEvents> {
  const at = now()
  return change(async (tx) => {
    await takeBackAcknowledgement(tx, incidentId, at)
    return getToldIncident(tx, incidentId, at)
  })
}
