import type { WeeklySpan } from '../../shared/store.ts'
import type { Changed } from './changed.ts'
import { chunks, compiledOnce } from './chunks.ts'
import type { Db } from './connect.ts'
import {
  noSchedule,
  scheduleOfText,
  sortedSpans,
  textOfSchedule,
  type StoredSchedule,
  type StoredSpecialDay,
  type StoredVersion,
} from './schedule-text.ts'
import type { ScheduleTable } from './schema.ts'
import { setSchedules, type StoreRule } from './store-schedules.ts'
import type { WriteTx } from './write-alone.ts'

/**
 * What is said of a store: of versions one without an instant replaces all that there were, any other that of its instant;
 * special days replace those of their dates.
 */
export type RuleChange =
  | { readonly what: 'zones'; readonly versions: readonly StoredVersion<string>[] }
  | { readonly what: 'hours'; readonly versions: readonly StoredVersion<readonly WeeklySpan[]>[] }
  | { readonly what: 'special'; readonly days: readonly StoredSpecialDay[] }

/**
 * Changes the rules of stores, known or new: `rule` of a store is the place of its change in `changes`. Returns what
 * changed. `stores` are in ascending order of id, each once.
 */
export async function changeRules(
  tx: WriteTx,
  changes: readonly RuleChange[],
  stores: Iterable<StoreRule<number>>,
): Promise<Changed> {
  const schedules = createScheduleKeys(tx)
  const sorted = changes.map(inOrder)
  // A chain's stores have the same schedule and get the same rule.
  const changed = new Map<string, string>()
  return setSchedules(tx, stores, async (found) => {
    const before = await schedules.textsOf(found.map(({ scheduleKey }) => scheduleKey))
    const after = found.map(({ scheduleKey, rule }) => {
      const name = `${scheduleKey ?? ''}:${rule}`
      let text = changed.get(name)
      if (text === undefined) {
        text = textOfSchedule(changedBy(before.get(scheduleKey) ?? noSchedule, sorted[rule]!))
        changed.set(name, text)
      }
      return text
    })
    const keys = await schedules.keysOf(after)
    return after.map((text) => keys.get(text)!)
  })
}

function inOrder(change: RuleChange): RuleChange {
  switch (change.what) {
    case 'zones':
      return { what: 'zones', versions: lastOfEach(change.versions) }
    case 'hours':
      return {
        what: 'hours',
        versions: lastOfEach(change.versions).map(({ validFrom, rule }) => ({
          validFrom,
          rule: sortedSpans(rule),
        })),
      }
    case 'special':
      return {
        what: 'special',
        days: change.days.map(({ date, spans }) => ({ date, spans: sortedSpans(spans) })),
      }
  }
}

function changedBy(schedule: StoredSchedule, change: RuleChange): StoredSchedule {
  switch (change.what) {
    case 'zones':
      return { ...schedule, zones: versionsAfter(schedule.zones, change.versions) }
    case 'hours':
      return { ...schedule, hours: versionsAfter(schedule.hours, change.versions) }
    case 'special': {
      const byDate = new Map([...schedule.specialDays, ...change.days].map((day) => [day.date, day]))
      return {
        ...schedule,
        specialDays: [...byDate.values()].sort((a, b) => (a.date < b.date ? -1 : 1)),
      }
    }
  }
}

function versionsAfter<Rule>(
  before: readonly StoredVersion<Rule>[],
  given: readonly StoredVersion<Rule>[],
): readonly StoredVersion<Rule>[] {
  const replacesAll = given.some(({ validFrom }) => validFrom === null)
  return replacesAll ? given : lastOfEach([...before, ...given])
}

/** In ascending order; of several of an instant, the last. */
function lastOfEach<Rule>(versions: readonly StoredVersion<Rule>[]): StoredVersion<Rule>[] {
  const byInstant = new Map(versions.map((version) => [version.validFrom, version]))
  return [...byInstant.values()].sort(
    (a, b) => Number(a.validFrom ?? -Infinity) - Number(b.validFrom ?? -Infinity),
  )
}

/** Texts are found by it, as they are long; several may have the same. FNV-1a, of UTF-16. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Schedules and their keys, each looked up once. */
function createScheduleKeys(tx: WriteTx) {
  const byKey = new Map<number | null, StoredSchedule>()
  const keyOfText = new Map<string, number>()
  let lastKey: number | undefined
  /** Whether there was none before. */
  let isNew = false
  const select = compiledOnce((hashes: readonly number[]) =>
    tx.selectFrom('schedule').select(['schedule_key', 'schedule']).where('hash', 'in', hashes).compile(),
  )
  const insert = compiledOnce((rows: readonly ScheduleTable[]) =>
    tx.insertInto('schedule').values(rows).compile(),
  )

  async function findLast(): Promise<number> {
    if (lastKey !== undefined) return lastKey
    const { last } = await tx
      .selectFrom('schedule')
      .select((eb) => eb.fn.max('schedule_key').as('last'))
      .executeTakeFirstOrThrow()
    isNew = last === null
    return (lastKey = last ?? 0)
  }

  return {
    async textsOf(keys: readonly (number | null)[]): Promise<ReadonlyMap<number | null, StoredSchedule>> {
      const missing = [...new Set(keys)].filter((key) => key !== null && !byKey.has(key)) as number[]
      for (const { scheduleKey, schedule } of await readSchedules(tx, missing))
        byKey.set(scheduleKey, schedule)
      return byKey
    },

    /** Those that are new get the next keys. */
    async keysOf(texts: readonly string[]): Promise<ReadonlyMap<string, number>> {
      const last = await findLast()
      const missing = [...new Set(texts)].filter((text) => !keyOfText.has(text))
      if (!isNew) {
        for (const chunk of chunks(missing.map(hashOf))) {
          const { rows } = await tx.executeQuery(select(chunk))
          for (const row of rows) keyOfText.set(row.schedule, row.schedule_key)
        }
      }
      const newTexts = missing.filter((text) => !keyOfText.has(text))
      const rows = newTexts.map((schedule, i) => ({
        schedule_key: last + 1 + i,
        hash: hashOf(schedule),
        schedule,
      }))
      for (const row of rows) keyOfText.set(row.schedule, row.schedule_key)
      lastKey = last + newTexts.length
      for (const chunk of chunks(rows)) await tx.executeQuery(insert(chunk))
      return keyOfText
    },
  }
}

export async function readSchedules(
  db: Db,
  keys: readonly number[],
): Promise<{ readonly scheduleKey: number; readonly schedule: StoredSchedule }[]> {
  const schedules = []
  for (const chunk of chunks(keys)) {
    const rows = await db
      .selectFrom('schedule')
      .select(['schedule_key', 'schedule'])
      .where('schedule_key', 'in', chunk)
      .execute()
    for (const row of rows) {
      schedules.push({ scheduleKey: row.schedule_key, schedule: scheduleOfText(row.schedule) })
    }
  }
  return schedules
}
