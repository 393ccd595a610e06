import type { Context } from 'hono'
import type * as z from 'zod'
import { mediaTypes } from '../../../shared/report-file.ts'

/** What an operation answers with that takes `format`. */
export function jsonOrCsv(schema: z.ZodType): { 'application/json': z.ZodType; 'text/csv': null } {
  return { 'application/json': schema, 'text/csv': null }
}

export function csv(context: Context, body: string | ReadableStream<Uint8Array>): Response {
  return context.body(body, 200, { 'content-type': `${mediaTypes.csv}; charset=utf-8` })
}
