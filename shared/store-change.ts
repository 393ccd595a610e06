import * as z from 'zod'
import { changedBy } from './changed-by.ts'
import { isNo } from './fields.ts'
import { storeId } from './ids.ts'
import { isLabel, labelOf, maxLabelLength, maxLabels } from './label.ts'
import { endTimeForms, localTimeForms, parseEndTime, parseLocalTime } from './local-time.ts'
import { instant, localDate } from './report.ts'
import { keptText } from './text.ts'

const startTime = z.string().transform((text, context) => {
  const time = parseLocalTime(text)
  if (time !== undefined) return time
  context.addIssue({ code: 'custom', message: `"${text}" is not a local time: write ${localTimeForms}` })
  return z.NEVER
})

const endTime = z.string().transform((text, context) => {
  const time = parseEndTime(text)
  if (time !== undefined) return time
  context.addIssue({ code: 'custom', message: `"${text}" is not a local time: write ${endTimeForms}` })
  return z.NEVER
})

const times = {
  start: startTime.describe('Local time').meta({ examples: ['09:00'] }),
  end: endTime
    .describe('Local time; at or before `start`: on the next day')
    .meta({ examples: ['17:30', '24:00'] }),
}

const dayForm = isNo('day: write 0 to 6 (0 is Monday)')
const givenWeeklySpan = z
  .strictObject({
    day: z.int(dayForm).min(0, dayForm).max(6, dayForm).describe('0 = Monday … 6 = Sunday'),
    ...times,
  })
  .describe('A span of business hours')
const givenDaySpan = z.strictObject(times).describe('A span of a special day')

export const validFromField = instant
  .nullable()
  .default(null)
  .describe(
    'Since when it holds, in place of the version of that instant; left out: in place of all versions',
  )
  .meta({ examples: ['2026-10-01T00:00:00Z'] })

export const businessHoursFields = {
  spans: z
    .array(givenWeeklySpan)
    .min(1, 'a store has at least one span: for one that is always open, write 00:00 to 24:00 for each day')
    .max(1000)
    .describe('All of its weekly hours; days that have none are closed'),
  ...changedBy,
}
export const timezoneFields = {
  timezone: z
    .string()
    .describe('An IANA zone name')
    .meta({ examples: ['Europe/Berlin'] }),
  ...changedBy,
}
export const specialHoursFields = {
  days: z
    .array(
      z
        .strictObject({
          date: localDate.describe('Local date'),
          spans: z.array(givenDaySpan).max(100).describe('Its hours; none: closed'),
        })
        .describe('A day with hours of its own'),
    )
    .min(1, 'days is empty: name at least one date')
    .max(1000)
    .describe('The dates, in place of what was said of them before; others keep their hours'),
  ...changedBy,
}
export const detailsFields = {
  name: keptText.nullable().optional().describe('What it is called; null: nothing; left out: as before'),
  labels: z
    .record(z.string(), keptText.describe('Empty: takes the label away'))
    .transform((labels, context) => {
      const entries = Object.entries(labels).map(([label, value]) => [labelOf(label), value] as const)
      const wrong = entries.find(([label]) => !isLabel(label))
      if (wrong !== undefined) {
        const most = `1 to ${maxLabelLength} characters, without = and commas`
        context.addIssue({
          code: 'custom',
          message: `"${wrong[0].slice(0, 100)}" is not a label: write ${most}`,
        })
      }
      if (entries.length > maxLabels) {
        context.addIssue({
          code: 'custom',
          message: `${entries.length} labels are too many: ${maxLabels} are allowed`,
        })
      }
      return Object.fromEntries(entries)
    })
    .default({})
    .describe('Values of its labels; those that are left out stay as they are'),
  ...changedBy,
}

export const setBusinessHoursInput = z.strictObject({
  storeId,
  ...businessHoursFields,
  validFrom: validFromField,
})
export const setTimezoneInput = z.strictObject({ storeId, ...timezoneFields, validFrom: validFromField })
export const setSpecialHoursInput = z.strictObject({ storeId, ...specialHoursFields })
export const setDetailsInput = z.strictObject({ storeId, ...detailsFields })

export type BusinessHoursChange = z.output<typeof setBusinessHoursInput>
export type TimezoneChange = z.output<typeof setTimezoneInput>
export type SpecialHoursChange = z.output<typeof setSpecialHoursInput>
export type DetailsChange = z.output<typeof setDetailsInput>
