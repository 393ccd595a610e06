import * as z from 'zod'
import { count, isoInstant } from './fields.ts'
import { storeId } from './ids.ts'
import { incidentConditions } from './incident-condition.ts'
import { localDate, percent } from './report.ts'
import { salesGroup } from './sales-at-risk.ts'

/** How often a digest is told. */
export const digestPeriods = ['day', 'week'] as const

const every = z.enum(digestPeriods)
const group = z
  .array(z.string())
  .describe('The groups that its stores are in, each as label=value; of all stores where it is empty')
const periodName = z.string().describe('Of what: 2026-10-05, or 2026-W41')

const times = {
  uptimePercent: percent,
  downtimeMs: count.describe('Their downtime, in milliseconds'),
  unknownMs: count.describe('Time of which it is not known whether they were up, in milliseconds'),
}

const worstStore = z
  .object({
    storeId,
    storeName: z.string().nullable().describe('What it is called; null where that is not known'),
    ...times,
  })
  .describe('A store that was down for longer than others')

const incidentCount = z
  .object({
    condition: z.enum(incidentConditions).describe('What they are of'),
    opened: count.describe('How many opened in the period'),
    open: count.describe('How many of them, and of those before, were open at its end'),
  })
  .describe('How many incidents of a condition there were')

const { currency, low, middle, high, stores: down } = salesGroup.shape

const figures = z
  .object({
    stores: count.describe('How many stores there are in it'),
    ...times,
    unheard: count.describe(
      'Of how many of them nothing is known in the period, though they had business time: also of those that are not polled any more, of which nothing else is told',
    ),
    uptimeMs: count.describe('Their uptime, in milliseconds'),
    uptimePercentBefore: percent.describe('The uptime of the period before; null where nothing was observed'),
    worst: z.array(worstStore).describe('The ten that were down for longest; fewer where fewer were down'),
    incidents: z.array(incidentCount).describe('By condition; without those of which there were none'),
    late: count.describe(
      'How many incidents were over when they were found, as was recorded since the digest before',
    ),
    withdrawn: count.describe('How many were withdrawn since then'),
    onlyHere: count.describe('How many openings were recorded since then that no channel tells'),
    salesAtRisk: z
      .array(z.object({ currency, stores: down, low, middle, high }))
      .describe('What they lost, by currency; none where nothing is known of what they take'),
  })
  .describe('What there is to tell of a period')
export type DigestFigures = z.infer<typeof figures>

export const digestContent = z
  .object({
    digest: z.string().describe('What the configuration file calls it'),
    group,
    every: every.describe('Whether it is of a day or of a week'),
    period: periodName,
    from: localDate.describe('The first local date'),
    to: localDate.describe('The last local date, itself included'),
    asOf: isoInstant.describe('The instant that its report looks back from: when it was due'),
    zone: z.string().describe('Whose dates they are where there are no stores: the zone of the digest'),
    latestPollAt: isoInstant.nullable().describe('The latest poll of all; null where there are none'),
    isFeedLate: z
      .boolean()
      .describe('Whether that was before the end of the period: what is missing is unknown'),
    figures: figures.nullable().describe('Null where there are no polls'),
    reportId: z
      .string()
      .nullable()
      .describe('The report that it is made of; null where there are no polls, and of a preview'),
    csvBytes: count.nullable().describe('How large that is as CSV; null where there are no polls'),
  })
  .describe('A digest of a day or a week')
export type DigestContent = z.infer<typeof digestContent>

export const digest = z
  .object({
    name: z.string().describe('What the configuration file calls it'),
    channel: z
      .string()
      .nullable()
      .describe('By which channel it is told; null where the configuration file has it no more'),
    group,
    every: every.nullable().describe('How often; null likewise'),
    at: z.string().nullable().describe('The local time at which it is told, as HH:MM; null likewise'),
    zone: z.string().nullable().describe('The zone of that time, and of its dates; null likewise'),
    last: z
      .object({
        period: periodName,
        recordedAt: isoInstant.describe('When it was handed to its channel'),
        reportId: z
          .string()
          .nullable()
          .describe('The report that it was made of; null where there were no polls'),
        incident: z.string().describe('By what it is known in the outbox'),
      })
      .nullable()
      .describe('What was told last; null before'),
    next: z
      .object({
        period: periodName,
        dueAt: isoInstant.describe('When; past where a late feed is waited for, or no server runs'),
      })
      .nullable()
      .describe('What is told next; null where the configuration file has it no more'),
  })
  .describe('What is told of each day or week')
export type Digest = z.infer<typeof digest>

export const digestList = z.object({
  items: z.array(digest).describe('In the order of the configuration file; last those that it has no more'),
})

/** Without the name, which is in the path of REST. */
export const previewOptions = z.strictObject({
  date: localDate
    .optional()
    .describe('A local date of the period; left out, of the last period that was due'),
})

export const previewInput = previewOptions.extend({
  name: z.string().min(1).describe('The name of the digest'),
})
export type PreviewQuery = z.output<typeof previewInput>

export const digestPreview = z
  .object({
    subject: z.string().describe('What a mail would have as its subject'),
    text: z.string().describe('What people would read'),
    content: digestContent,
  })
  .describe('What a digest would tell; nothing is sent, and no report is kept')
export type DigestPreview = z.infer<typeof digestPreview>
