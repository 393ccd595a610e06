/** What people say that a store takes in an hour: rule 44 of docs/uptime.md. */
import * as z from 'zod'
import { changedBy } from './changed-by.ts'
import { isNo } from './fields.ts'
import { storeId } from './ids.ts'

const HOURS_OF_WEEK = 168

const amountForm = isNo('amount: write one from 0 to 999999999.99, such as 120.50')
const amount = z.number(amountForm).min(0, amountForm).max(999_999_999.99, amountForm)

const perHourForm = `write an amount, ${HOURS_OF_WEEK} of them, or null`

export const revenueFields = {
  perHour: z
    .union(
      [
        amount.nullable(),
        z
          .array(amount.nullable())
          .length(
            HOURS_OF_WEEK,
            `write an amount for each of the ${HOURS_OF_WEEK} hours of a week, or null where it is not known`,
          ),
      ],
      perHourForm,
    )
    .describe(
      'One amount, on average; or 168, of the hours of the week from Monday 00:00 on, null where it is not known; null: nothing is said any more. Kept in hundredths',
    )
    .meta({ examples: [120.5] }),
  currency: z
    .string()
    .regex(/^[A-Za-z]{3}$/, 'write three letters such as EUR')
    .transform((text) => text.toUpperCase())
    .optional()
    .describe('Of what the store takes, also of its orders: nothing is converted; left out: as before')
    .meta({ examples: ['EUR'] }),
  ...changedBy,
}

export const setRevenueInput = z.strictObject({ storeId, ...revenueFields })
export type RevenueChange = z.output<typeof setRevenueInput>

export const storeRevenue = z
  .object({
    storeId,
    currency: z.string().nullable().describe('Of the amounts, and of its orders; null where nobody said'),
    perHour: z
      .union([z.number(), z.array(z.number().nullable())])
      .nullable()
      .describe(
        'One amount, or 168 of the hours of the week from Monday 00:00 on, null where it is not known; null where nobody said. Where there are orders enough, these count instead',
      ),
  })
  .describe('What people say that a store takes in an hour')
export type StoreRevenue = z.infer<typeof storeRevenue>
