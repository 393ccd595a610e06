import * as z from 'zod'
import { maxPageSize } from './page-size.ts'

/** What every listing takes. */
export const pageInput = z.strictObject({
  limit: z.int().min(1).max(maxPageSize).default(100).describe('Rows in a page'),
  cursor: z.string().optional().describe('`nextCursor` of the page before; left out for the first'),
  direction: z
    .literal('forward', 'pages only go forward: ask for the next one')
    .optional()
    .describe('What React Query says of its infinite queries; changes nothing'),
})
export type PageQuery = z.output<typeof pageInput>

/** A page of `item`s, and where the next one starts. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item).describe('What the page has'),
    nextCursor: z.string().nullable().describe('`cursor` of the next page; null on the last'),
  })
}

export interface Page<Item> {
  items: Item[]
  nextCursor: string | null
}
