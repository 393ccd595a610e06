import * as z from 'zod'
import { count, isoInstant } from './fields.ts'
import { givenAnswer } from './given-answer.ts'
import { importId } from './ids.ts'
import { importKinds } from './import-kind.ts'
import { importRecord } from './import.ts'
import { pushRejection } from './push.ts'

export const pullOutcomes = ['imported', 'unchanged', 'failed'] as const
export type PullOutcome = (typeof pullOutcomes)[number]

const outcome = z.enum(pullOutcomes)

export const source = z
  .object({
    name: z.string().describe('What the configuration file calls it'),
    url: z
      .string()
      .nullable()
      .describe('What is pulled, without its secrets; null where the configuration file has it no more'),
    schedule: z.string().nullable().describe('When, as cron writes it; null likewise'),
    zone: z.string().nullable().describe('The zone of the schedule; null likewise'),
    isPulling: z.boolean().describe('Whether a server is at it'),
    lastAttemptAt: isoInstant.nullable().describe('When it was pulled last; null before'),
    lastSuccessAt: isoInstant.nullable().describe('When that succeeded last; null before'),
    lastOutcome: outcome
      .nullable()
      .describe('What came of the last time: `unchanged` where there was nothing else; null before'),
    lastImportId: importId.nullable().describe('The last import of it; null before'),
    lastError: z.string().nullable().describe('Why the last time failed; null where it did not'),
    failures: count.describe('How often it failed since it last succeeded'),
    nextAt: isoInstant.nullable().describe('When a server pulls it next; null where none will'),
  })
  .describe('What is pulled by a schedule')
export type Source = z.infer<typeof source>

export const sourceList = z.object({
  items: z.array(source).describe('In the order of the configuration file; last those that it has no more'),
})

const sourceName = z.string().min(1).describe('The name of the source')

const again = z
  .boolean()
  .default(false)
  .describe('Whether it is imported also where it is what was imported last')

export const pullInput = z.strictObject({ name: sourceName, again })

/** Without the name, which is in the path of REST. */
export const pullOptions = z.strictObject({ again })

export const pullResult = z
  .object({
    source,
    outcome: z.enum(['imported', 'unchanged']).describe('What came of it'),
    import: importRecord.nullable().describe('The record of its import; null where there was nothing else'),
  })
  .describe('What a pull brought')
export type PullResult = z.infer<typeof pullResult>

export const tryInput = z.strictObject({ name: sourceName, answer: givenAnswer })
export const tryOptions = z.strictObject({ answer: givenAnswer })

const triedPoll = z
  .object({
    storeId: z.string().describe('Whose it is'),
    status: z.enum(['active', 'inactive']).describe('What the store was'),
    timestampUtc: isoInstant.describe('When'),
  })
  .describe('A poll that would be taken')

export const triedSource = z
  .object({
    kind: z.enum(importKinds).describe('What it holds'),
    bytes: count.describe('How long it is'),
    accepted: count.nullable().describe('How many polls would be taken; null of other kinds'),
    rejected: count.nullable().describe('How many would not; null likewise'),
    rejections: z.array(pushRejection).describe('The first of those; rows of JSON are counted from 1'),
    polls: z.array(triedPoll).describe('The first polls that would be taken, by store'),
    lines: z.array(z.string()).describe('Its first lines, as CSV'),
  })
  .describe('What would be taken of an answer; nothing is stored')
export type TriedSource = z.infer<typeof triedSource>
