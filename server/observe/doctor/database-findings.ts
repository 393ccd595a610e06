import { AppError } from '../../../shared/app-error.ts'
import { isPostgres, shownDatabase } from '../../../shared/database-url.ts'
import { connect, type Db } from '../../database/connect.ts'
import { dialectOf } from '../../database/dialect/dialect.ts'
import { lastZoneDataVersion, readClock } from '../../database/examined.ts'
import { missingMigrations, requireOurTables } from '../../database/migrate.ts'
import { latestPollAt } from '../../database/poll-week-summary.ts'
import { failed, fine, type Finding } from './finding.ts'
import { incidentFindings } from './incidents-finding.ts'
import { sizeFinding } from './size-finding.ts'
import { uploadsFinding } from './uploads-finding.ts'

/** How far clocks may differ: polls that are pushed without a time are dated by them. */
const MOST_CLOCK_DIFFERENCE_MS = 2000
const MOST_AHEAD_MS = 5 * 60_000

export interface DatabaseParts {
  readonly databaseUrl: string
  readonly now: () => number
  readonly zoneDataVersion: string
}

/** What there is to say of the database; it is only read. */
export async function databaseFindings(parts: DatabaseParts): Promise<Finding[]> {
  const { databaseUrl } = parts
  try {
    await using db = await connect(databaseUrl, { readOnly: true, patienceMs: 5000 })
    return [
      fine('database', `${shownDatabase(databaseUrl)} can be read`),
      ...(await ownFindings(db, databaseUrl)),
      ...(await tablesFindings(db, parts)),
    ]
  } catch (error) {
    return [failed('database', error)]
  }
}

/** What this kind of database says of itself. */
async function ownFindings(db: Db, databaseUrl: string): Promise<Finding[]> {
  const { version, servers, integrity, problems } = await dialectOf(db).examine(db, databaseUrl)
  return [
    fine('version', version),
    sizeFinding(await dialectOf(db).size(db)),
    ...(servers === undefined ? [] : [fine('servers', servers)]),
    ...problems.map(
      ({ what, remedy }) => ({ check: 'database settings', state: 'warning', what, remedy }) as const,
    ),
    integrity.isWhole
      ? fine('integrity', integrity.what)
      : {
          check: 'integrity',
          state: 'failed',
          what: integrity.what,
          remedy: 'put a backup in its place; docs/operations.md has how',
        },
  ]
}

async function tablesFindings(db: Db, parts: DatabaseParts): Promise<Finding[]> {
  const missing = await missingMigrations(db)
  if (missing.length > 0) {
    const what = `are of an older version: ${missing.join(', ')} is to come`
    return [{ check: 'tables', state: 'warning', what, remedy: 'a server or an import adds what is missing' }]
  }
  try {
    await requireOurTables(db)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return [failed('tables', error)]
  }
  return [
    fine('tables', 'are those of this version'),
    ...(await clockFindings(db, parts)),
    await uploadsFinding(db),
    ...(await incidentFindings(db)),
    await zoneFinding(db, parts),
  ]
}

async function clockFindings(db: Db, { now, databaseUrl }: DatabaseParts): Promise<Finding[]> {
  const before = now()
  const there = await readClock(db)
  const differenceMs = Math.abs(there - (before + now()) / 2)
  const latest = await latestPollAt(db)
  const clock =
    differenceMs <= MOST_CLOCK_DIFFERENCE_MS
      ? fine('clock', isPostgres(databaseUrl) ? 'as that of the database' : new Date(before).toISOString())
      : ({
          check: 'clock',
          state: 'warning',
          what: `it differs from that of the database by ${Math.round(differenceMs / 1000)} s`,
          remedy: 'set both by NTP',
        } as const)
  if (latest === undefined || latest <= before + MOST_AHEAD_MS) return [clock]
  return [
    clock,
    {
      check: 'latest poll',
      state: 'warning',
      what: `it is of ${new Date(latest).toISOString()}, which is yet to come`,
      remedy: 'look whether this clock is right, or that of whoever sends polls; "polls" lists them',
    },
  ]
}

async function zoneFinding(db: Db, { zoneDataVersion }: DatabaseParts): Promise<Finding> {
  const last = await lastZoneDataVersion(db)
  if (last === undefined || last === zoneDataVersion) {
    return fine('zones', `zone database ${zoneDataVersion}`)
  }
  return {
    check: 'zones',
    state: 'warning',
    what: `the zone database is ${zoneDataVersion}, and the last report was computed with ${last}`,
    remedy: 'run servers and commands with the same Node.js, so that their reports have the same bytes',
  }
}
