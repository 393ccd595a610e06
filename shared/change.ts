import * as z from 'zod'
import { changeKinds } from './change-kind.ts'
import { correctionId } from './correction.ts'
import { count, isoInstant } from './fields.ts'
import { importId, storeId } from './ids.ts'
import { pageInput, pageOf } from './page.ts'
import { instant } from './report.ts'

export type { ChangeKind } from './change-kind.ts'

export const changeId = z.int().positive().brand('ChangeId').describe('Number of a change')
export type ChangeId = z.infer<typeof changeId>

const kind = z.enum(changeKinds).describe('What changed')

export const change = z
  .object({
    changeId,
    at: isoInstant.describe('When it was made'),
    kind,
    what: z.string().describe('In words, what it says now'),
    importId: importId.nullable().describe('The import that it came with; null where it came with none'),
    storeId: storeId.nullable().describe('The store that it is about; null where that is not one alone'),
    correctionId: correctionId.nullable().describe('The correction that was made or revoked; null otherwise'),
    labels: z
      .array(z.string())
      .describe('The groups whose stores it is about, each as label=value; empty where none were chosen'),
    from: isoInstant.nullable().describe('The first instant that it is about; null: from ever'),
    to: isoInstant
      .nullable()
      .describe('The first instant that it is not about any more; null: there is no end'),
    polls: count.nullable().describe('How many polls it removed; null where it removed none'),
    rowsChanged: count
      .nullable()
      .describe('Of an import, how many of its rows changed something; null otherwise'),
    stores: count
      .nullable()
      .describe('Of how many stores it changed something; null where that is not known'),
    author: z.string().nullable().describe('Who made it; null where that was not said'),
    reason: z.string().nullable().describe('Why it was made; null where that was not said'),
  })
  .describe('A change of the data; recorded with it, and never edited or removed')
export type Change = z.infer<typeof change>

export const changePage = pageOf(change).extend({
  changesNotRecorded: count.describe(
    'Where those of a store were asked for: how many changes of several stores were made before it was recorded of which, and may have touched it, too; otherwise 0',
  ),
})
export type ChangePage = z.infer<typeof changePage>

export const changeListInput = pageInput.extend({
  storeId: storeId
    .optional()
    .describe('Only changes that touched this store, alone or with others; left out, those of all'),
  kind: kind.optional().describe('Only changes of this kind'),
  since: instant.optional().describe('Only changes that were made, or imports that ended, then or later'),
})
export type ChangeListQuery = z.output<typeof changeListInput>
