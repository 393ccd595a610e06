import type { Selectable } from 'kysely'
import { alertRules, type AlertRules, type AlertRulesVersion } from '../../shared/alert-rules.ts'
import { AppError } from '../../shared/app-error.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import type { AlertRulesTable } from './alert-rule-table.ts'
import { orNull, recordChange, type ChangeMade } from './changes.ts'
import type { Db } from './connect.ts'
import type { WriteTx } from './write-alone.ts'

/** The rules in force, or those of a version. Throws a `not-found` AppError where there is no such version. */
export async function readAlertRules(db: Db, version?: number): Promise<AlertRulesVersion> {
  const row = await db
    .selectFrom('alert_rules')
    .selectAll()
    .$if(version !== undefined, (query) => query.where('version', '=', version!))
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row !== undefined) return versionOf(row)
  if (version !== undefined && version !== 0) throw noSuchVersion(version)
  return usualAlertRules()
}

/** Those that are in force where nobody has said anything. */
function usualAlertRules(): AlertRulesVersion {
  return { version: 0, at: null, by: null, reason: null, rules: alertRules.parse({}) }
}

export function noSuchVersion(version: number): AppError {
  return new AppError(
    'not-found',
    `there is no version ${version} of the rules of alerts: leave it out for the one in force`,
  )
}

/** Puts rules in force. The same as are in force already change nothing: their version is returned. */
export async function applyAlertRules(
  tx: WriteTx,
  rules: AlertRules,
  made: ChangeMade,
): Promise<AlertRulesVersion> {
  const before = await readAlertRules(tx)
  const text = JSON.stringify(rules)
  if (before.version > 0 && JSON.stringify(before.rules) === text) return before
  const row = await tx
    .insertInto('alert_rules')
    .values({ made_at: made.at, author: orNull(made.by), reason: orNull(made.reason), rules: text })
    .returningAll()
    .executeTakeFirstOrThrow()
  const { length } = rules.rules
  const what = `version ${row.version} of the rules of alerts, with ${length} rule${length === 1 ? '' : 's'}`
  await recordChange(tx, { ...made, kind: 'alert-rules', what })
  return versionOf(row)
}

/** A program reads also what an older one wrote: what that did not know is as usual. */
function versionOf(row: Selectable<AlertRulesTable>): AlertRulesVersion {
  return {
    version: row.version,
    at: formatTimestamp(row.made_at),
    by: row.author,
    reason: row.reason,
    rules: alertRules.parse(JSON.parse(row.rules)),
  }
}
