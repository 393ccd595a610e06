/** What the ledger is to say, found by looking at all there is, without what was known before. */
import { kindOfRule } from '../../shared/alert-rules.ts'
import { readAlertRules } from '../../server/database/alert-rules.ts'
import type { Db } from '../../server/database/connect.ts'
import { mutesOf } from '../../server/incidents/mutes.ts'
import { tellingOf } from '../../server/incidents/muting.ts'
import { incidentJudging, incidentsIn } from '../../server/insight/incidents.ts'

/** An incident of which whoever is told of it may believe that it is open. */
export interface OpenNow {
  readonly of: string
  readonly openedMs: number
  /** Whether that is to be told by now; it is not where it is over, and that is held back: rule 43 of docs/uptime.md. */
  readonly isToBeTold: boolean
}

/** Those that are open, or whose end is held back. */
export async function openNow(db: Db, nowMs: number): Promise<OpenNow[]> {
  const found = await foundNow(db, nowMs)
  return found
    .filter(
      ({ closedMs, telling }) =>
        closedMs === null || (telling.openedMs !== undefined && telling.closedMs === undefined),
    )
    .map(({ of, openedMs, closedMs, telling }) => ({
      of,
      openedMs,
      isToBeTold: closedMs === null && telling.openedMs !== undefined,
    }))
}

/** Those of which all is to be told by now: that they opened, and, where they did, that they closed. */
export async function tellableOf(db: Db, nowMs: number) {
  const found = await foundNow(db, nowMs)
  return found.filter(
    ({ closedMs, telling }) =>
      telling.openedMs !== undefined && (closedMs === null || telling.closedMs !== undefined),
  )
}

async function foundNow(db: Db, nowMs: number) {
  const { rules } = await readAlertRules(db)
  const judging = await incidentJudging(db, rules)
  const time = { startMs: judging.dataTimeMs - 7 * 86_400_000, endMs: Infinity }
  const { stores, ofMany } = incidentsIn(db, judging, time)
  const all = []
  for await (const some of stores()) all.push(...some)
  const many = await ofMany(nowMs)
  const found = all.flatMap((store) => {
    const mutes = mutesOf(store, many, rules)
    return store.found.flatMap(({ place, incidents }) =>
      incidents.map((one) => ({
        ...one,
        of: `${kindOfRule(rules.rules[place]!)} of store ${store.storeKey}`,
        telling: tellingOf(one, mutes(one.condition)),
      })),
    )
  })
  const ofAll = many.flatMap(({ place, group, incidents }) =>
    incidents.map((one) => ({
      ...one,
      of: `${kindOfRule(rules.rules[place]!)} of ${group}`,
      telling: tellingOf(one, []),
    })),
  )
  return [...found, ...ofAll]
}

/** What the ledger says is open. */
export async function toldOpen(db: Db): Promise<{ readonly of: string; readonly openedMs: number }[]> {
  const rows = await db.selectFrom('incident').selectAll().where('told', '=', 'open').execute()
  return rows.map((row) => ({
    of: `${row.rule_kind} of ${row.store_key === null ? row.group_label : `store ${row.store_key}`}`,
    openedMs: row.opened_at,
  }))
}
