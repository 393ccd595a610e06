import * as z from 'zod'

export const isoInstant = z.string().meta({ format: 'date-time' })
export const count = z.int().nonnegative()
