import type { Kysely } from 'kysely'
import { firstSchema } from './001-first-schema.ts'
import { ownersAndVersions } from './002-owners-and-versions.ts'
import { pollChecksums } from './003-poll-checksums.ts'
import { schedulesAndCorrections } from './004-schedules-and-corrections.ts'
import { rejectedSummaries } from './005-rejected-summaries.ts'
import { changes } from './006-changes.ts'
import { figuresWithoutCorrections } from './007-figures-without-corrections.ts'
import { keptWeeks } from './008-kept-weeks.ts'
import { states } from './010-states.ts'
import { touchedStores } from './011-touched-stores.ts'
import { pollTail } from './012-poll-tail.ts'
import { pushes } from './013-pushes.ts'
import { storeStates } from './014-store-states.ts'
import { sources } from './015-sources.ts'
import { watchedFiles } from './016-watched-files.ts'
import { scheduleHashes } from './017-schedule-hashes.ts'
import { tailMarks } from './018-tail-marks.ts'
import { pollers } from './019-pollers.ts'
import { accessKeys } from './020-access-keys.ts'
import { totals } from './021-totals.ts'
import { sessions } from './022-sessions.ts'
import { announcements } from './023-announcements.ts'
import { uploads } from './024-uploads.ts'
import { chunksOfPolls } from './025-chunks-of-polls.ts'
import { alertRules } from './027-alert-rules.ts'
import { alerts } from './029-alerts.ts'
import { silences } from './030-silences.ts'
import { sales } from './031-sales.ts'
import { incidents } from './032-incidents.ts'
import { dueIncidents } from './033-due-incidents.ts'
import { digests } from './034-digests.ts'
import type { ColumnTypes } from './column-types.ts'

export interface SchemaMigration {
  readonly name: string
  /**
   * The first migration that a program has to know to work with the tables as this one leaves them: its own name where
   * older programs would go wrong, that of an earlier one where it only adds what they do not look at.
   */
  readonly readableFrom: string
  up(db: Kysely<unknown>): Promise<void>
}

/** All migrations, in the order in which they apply. One that has been released is never edited. */
export function migrations(types: ColumnTypes): readonly SchemaMigration[] {
  return [
    { name: '001-first-schema', readableFrom: '001-first-schema', ...firstSchema(types) },
    { name: '002-owners-and-versions', readableFrom: '001-first-schema', ...ownersAndVersions },
    { name: '003-poll-checksums', readableFrom: '003-poll-checksums', ...pollChecksums },
    {
      name: '004-schedules-and-corrections',
      readableFrom: '004-schedules-and-corrections',
      ...schedulesAndCorrections(types),
    },
    {
      name: '005-rejected-summaries',
      readableFrom: '004-schedules-and-corrections',
      ...rejectedSummaries(types),
    },
    // Older programs would give the key of a deleted store again.
    { name: '006-changes', readableFrom: '006-changes', ...changes(types) },
    {
      name: '007-figures-without-corrections',
      readableFrom: '004-schedules-and-corrections',
      ...figuresWithoutCorrections(types),
    },
    // Older programs would change data and leave what is kept of it.
    { name: '008-kept-weeks', readableFrom: '008-kept-weeks', ...keptWeeks(types) },
    { name: '010-states', readableFrom: '004-schedules-and-corrections', ...states(types) },
    {
      name: '011-touched-stores',
      readableFrom: '004-schedules-and-corrections',
      ...touchedStores(types),
    },
    // Older programs would not see the polls in it.
    { name: '012-poll-tail', readableFrom: '012-poll-tail', ...pollTail(types) },
    { name: '013-pushes', readableFrom: '012-poll-tail', ...pushes(types) },
    // Older programs would change data and not say of which stores.
    { name: '014-store-states', readableFrom: '014-store-states', ...storeStates(types) },
    { name: '015-sources', readableFrom: '012-poll-tail', ...sources(types) },
    { name: '016-watched-files', readableFrom: '012-poll-tail', ...watchedFiles(types) },
    // Older programs would write schedules without their hash.
    { name: '017-schedule-hashes', readableFrom: '017-schedule-hashes', ...scheduleHashes(types) },
    // Older programs would keep totals while polls come that change them.
    { name: '018-tail-marks', readableFrom: '018-tail-marks', ...tailMarks },
    { name: '019-pollers', readableFrom: '012-poll-tail', ...pollers(types) },
    // Older programs would answer without asking for them.
    { name: '020-access-keys', readableFrom: '020-access-keys', ...accessKeys(types) },
    // Older programs would write polls and not count them.
    { name: '021-totals', readableFrom: '021-totals', ...totals },
    { name: '022-sessions', readableFrom: '021-totals', ...sessions(types) },
    { name: '023-announcements', readableFrom: '021-totals', ...announcements(types) },
    { name: '024-uploads', readableFrom: '021-totals', ...uploads(types) },
    { name: '025-chunks-of-polls', readableFrom: '021-totals', ...chunksOfPolls(types) },
    { name: '027-alert-rules', readableFrom: '021-totals', ...alertRules(types) },
    { name: '029-alerts', readableFrom: '021-totals', ...alerts(types) },
    { name: '030-silences', readableFrom: '021-totals', ...silences(types) },
    { name: '031-sales', readableFrom: '021-totals', ...sales(types) },
    { name: '032-incidents', readableFrom: '021-totals', ...incidents(types) },
    { name: '033-due-incidents', readableFrom: '021-totals', ...dueIncidents },
    { name: '034-digests', readableFrom: '021-totals', ...digests(types) },
  ]
}
