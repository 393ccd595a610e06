import * as z from 'zod'
import { count, isoInstant } from './fields.ts'
import { importId, storeId } from './ids.ts'
import { importKinds } from './import-kind.ts'
import { pageInput, pageOf } from './page.ts'
import { maxRejectedRowsKept, maxRejectedTextLength } from './rejected-row-limits.ts'

export const importStates = ['running', 'complete', 'failed', 'cancelled'] as const
export type ImportState = (typeof importStates)[number]

export const importRecord = z
  .object({
    importId,
    source: z.string().describe('The file that was read'),
    kind: z.enum(importKinds).describe('What the file holds'),
    state: z.enum(importStates).describe('How far the import is'),
    bytes: count.describe('Size of the file'),
    sha256: z.string().nullable().describe('SHA-256 of the file; null until it has been read'),
    rowsAccepted: count.describe('Rows that keep every rule'),
    rowsChanged: count.describe('Accepted rows that changed what is stored'),
    rowsRepeated: count.describe(
      'Accepted rows that said what was known already, or that a later row overrides',
    ),
    rowsRejected: count.describe(
      `Rows that break a rule; the first ${maxRejectedRowsKept} of a file are kept`,
    ),
    storesTouched: count
      .nullable()
      .describe('Stores of which it changed something; null where it was imported before this was recorded'),
    firstPollAt: isoInstant
      .nullable()
      .describe('The first poll that was new or said something else; null where there was none'),
    lastPollAt: isoInstant
      .nullable()
      .describe('The last poll that was new or said something else; null where there was none'),
    failure: z.string().nullable().describe('Why the import failed; null unless it did'),
    startedAt: isoInstant.describe('When the import began'),
    finishedAt: isoInstant.nullable().describe('When it ended; null before'),
  })
  .describe('The record of one imported file')
export type ImportRecord = z.infer<typeof importRecord>

export const importPage = pageOf(importRecord).extend({
  importsNotRecorded: count.describe(
    'Where those of a store were asked for: how many imports changed something before it was recorded of which stores, and may have touched it, too; otherwise 0',
  ),
})
export type ImportPage = z.infer<typeof importPage>

export const touchedStore = z
  .object({
    storeId,
    name: z.string().nullable().describe('What it is called; null where no file says so'),
    deletedAt: isoInstant.nullable().describe('When the store was deleted; null of one that is there'),
  })
  .describe('A store of which an import changed something')
export type TouchedStore = z.infer<typeof touchedStore>

export const touchedStorePage = pageOf(touchedStore).extend({
  isRecorded: z
    .boolean()
    .describe('Whether it is recorded which stores these are; false where it was imported before that was'),
})
export type TouchedStorePage = z.infer<typeof touchedStorePage>

export const importProgress = z
  .object({
    source: z.string().describe('The file that is read'),
    bytesRead: count.describe('Bytes that have been read'),
    bytesTotal: count.describe('Size of the file'),
    rowsRead: count.describe('Rows that have been read'),
    rowsStored: count.describe('Rows that are in the database; the whole file is read before any are'),
  })
  .describe('How far the import of a file has come')
export type ImportProgress = z.infer<typeof importProgress>

export const rejectedRow = z
  .object({
    importId,
    source: z.string().describe('The file that it is in'),
    line: z.int().positive().describe('Line of the file on which the row starts; the header is on line 1'),
    reason: z.string().describe('The rule that it breaks'),
    text: z.string().describe(`The row, cut to ${maxRejectedTextLength} characters`),
  })
  .describe('A row that was not taken, and why')
export type RejectedRow = z.infer<typeof rejectedRow>

export const rejectedRowPage = pageOf(rejectedRow).extend({
  rowsNotKept: count.describe(
    'Rejected rows that were counted and not kept: they are in no page, but in the summary of their import',
  ),
})
export type RejectedRowPage = z.infer<typeof rejectedRowPage>

const rejectedReason = z
  .object({
    reason: z.string().describe('The rule that the rows break; … stands for what they say'),
    rows: count.describe('How many rows break it'),
    firstLine: z.int().positive().describe('Line of the first of them'),
  })
  .describe('Rows that were rejected for one reason')
export type RejectedReason = z.infer<typeof rejectedReason>

export const rejectedSummary = z
  .object({
    importId,
    source: z.string().describe('The file that was read'),
    rowsRejected: count.describe('Rows that break a rule'),
    rowsKept: count.describe('Those of them that are kept with their text: the first of the file'),
    storesNamed: count.describe('Stores that rejected rows name'),
    reasons: z.array(rejectedReason).describe('All rejected rows by reason, the most frequent first'),
  })
  .describe('What was rejected of an import')
export type RejectedSummary = z.infer<typeof rejectedSummary>

export const rejectedStore = z
  .object({
    storeId,
    rows: count.describe('Rejected rows that name it'),
    firstLine: z.int().positive().describe('Line of the first of them'),
  })
  .describe('A store that rejected rows of an import name')
export type RejectedStore = z.infer<typeof rejectedStore>

export const rejectedStoresInput = pageInput.extend({ importId })
export type RejectedStoresQuery = z.output<typeof rejectedStoresInput>

export const importListInput = pageInput.extend({
  storeId: storeId
    .optional()
    .describe('Only imports that changed something of this store; left out, all of them'),
})
export type ImportListQuery = z.output<typeof importListInput>

export const importStoresInput = pageInput.extend({ importId })
export type ImportStoresQuery = z.output<typeof importStoresInput>

export const importIdInput = z.strictObject({ importId })
export const watchImportInput = z.strictObject({
  importId,
  lastEventId: z.string().nullish().describe('The last event that was received, to go on from'),
})
export const rejectedRowsInput = pageInput.extend({
  importId: importId
    .optional()
    .describe('Only rows of this import; left out, those of all, newest import first'),
})
export type RejectedRowsQuery = z.output<typeof rejectedRowsInput>
