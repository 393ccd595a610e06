import * as z from 'zod'
import { count, isoInstant } from './fields.ts'
import { importId } from './ids.ts'
import { pageInput, pageOf } from './page.ts'
import { maxWaitingTold, watchedStates } from './watched-states.ts'

const waitingFile = z
  .object({
    name: z.string().describe('What it is called in its folder'),
    bytes: count.describe('Its size when it was looked at'),
    reason: z.string().describe('What it waits for'),
  })
  .describe('A file that is not taken yet')

export const watchedFolder = z
  .object({
    folder: z.string().describe('Its path on the server'),
    lookedAt: isoInstant.nullable().describe('When it was looked into last; null before'),
    problem: z
      .string()
      .nullable()
      .describe('Why it cannot be looked into, or its files not be taken; null where all is well'),
    files: count.describe('Files in it, but for those that are left'),
    left: count.describe(
      'What is let be: names that begin with a dot or end in .tmp or .part, links, and what is no file; folders do not count',
    ),
    waiting: count.describe('Files that are not taken yet'),
    firstWaiting: z.array(waitingFile).describe(`The first ${maxWaitingTold} of them`),
  })
  .describe('A folder whose files this server takes')
export type WatchedFolder = z.infer<typeof watchedFolder>

const watchedFile = z
  .object({
    path: z.string().describe('The file, as the server knows it'),
    state: z.enum(watchedStates).describe('Whether it was imported, or nothing of it could be taken'),
    importId: importId.nullable().describe('Its import; null where it was not even begun'),
    failure: z.string().nullable().describe('Why nothing of it was taken; null where it was'),
    sha256: z.string().nullable().describe('SHA-256 of what it had; null where it was not read'),
    at: isoInstant.describe('When it was taken, or last found to have what it had'),
  })
  .describe('What became of a file in a watched folder: of what it had last')
export type WatchedFile = z.infer<typeof watchedFile>

export const watchedPage = pageOf(watchedFile).extend({
  folders: z.array(watchedFolder).describe('The folders that this server watches'),
})

export const watchedInput = pageInput.extend({
  state: z.enum(watchedStates).optional().describe('Only files in this state; left out, all of them'),
})
export type WatchedQuery = z.output<typeof watchedInput>
