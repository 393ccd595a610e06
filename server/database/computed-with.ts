import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { Database } from './schema.ts'

/**
 * What decides a report's bytes besides its data and options, and why rule 19 of docs/uptime.md holds: the versions of
 * store-monitor and of the zone database.
 */
export interface ComputedWith {
  readonly programVersion: string
  readonly zoneDataVersion: string
}

/** Whether a report is computed with the same. */
export function isComputedWith({
  programVersion,
  zoneDataVersion,
}: ComputedWith): (eb: ExpressionBuilder<Database, 'report'>) => Expression<SqlBool> {
  return (eb) =>
    eb.and([
      eb('program_version', 'is not distinct from', programVersion),
      eb('zone_data_version', 'is not distinct from', zoneDataVersion),
    ])
}
