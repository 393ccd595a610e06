import { maxPageSize } from '../../shared/page-size.ts'
import type { Page } from '../../shared/page.ts'
import type { CommandContext } from './context.ts'
import { write } from './output.ts'

/** All pages, one after the other, as large as they may be. */
export async function* allPages<Item>(
  readPage: (page: { limit: number; cursor?: string }) => Promise<Page<Item>>,
): AsyncGenerator<readonly Item[]> {
  let cursor: string | null = null
  do {
    const page: Page<Item> = await readPage({
      limit: maxPageSize,
      ...(cursor === null ? {} : { cursor }),
    })
    yield page.items
    cursor = page.nextCursor
  } while (cursor !== null)
}

/** What pages hold, to be laid out together. */
export async function itemsOf<Item>(pages: AsyncIterable<readonly Item[]>): Promise<Item[]> {
  const items: Item[] = []
  for await (const page of pages) for (const item of page) items.push(item)
  return items
}

export interface CsvLines<Item> {
  readonly header: string
  lineOf(item: Item): string
}

/** Writes pages as they come: as CSV, or a line of JSON for each item. */
export async function writePages<Item>(
  { stdout, signal }: CommandContext,
  pages: AsyncIterable<readonly Item[]>,
  format: 'csv' | 'json' | undefined,
  csv: CsvLines<Item>,
): Promise<void> {
  const isJson = format === 'json'
  const lineOf = isJson ? (item: Item) => `${JSON.stringify(item)}\n` : csv.lineOf
  // Behind what may be refused.
  let header = isJson ? '' : csv.header
  for await (const page of pages) {
    signal.throwIfAborted()
    await write(stdout, header + page.map(lineOf).join(''))
    header = ''
  }
}
