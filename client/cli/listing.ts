import { maxPageSize } from '../../shared/page-size.ts'
import type { Page } from '../../shared/page.ts'
import { say, type CommandContext, type MessageOptions } from './context.ts'
import { printJson, printTable, type TableColumn } from './output.ts'

export interface ListOptions extends MessageOptions {
  readonly limit: number
  readonly all?: true
  readonly json?: true
}

/** Prints what the pages hold, up to the limit: a table, or with `--json` a line for each. */
export async function printPages<Item>(
  context: CommandContext,
  options: ListOptions,
  columns: readonly TableColumn<Item>[],
  readPage: (page: { limit: number; cursor?: string }) => Promise<Page<Item>>,
): Promise<void> {
  const limit = options.all ? Infinity : options.limit
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const size = Math.min(limit - items.length, maxPageSize)
    const page: Page<Item> = await readPage({ limit: size, ...(cursor === null ? {} : { cursor }) })
    context.signal.throwIfAborted()
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null && items.length < limit)

  if (options.json) await printJson(context, items)
  else if (items.length > 0) await printTable(context, columns, items)
  if (items.length === 0) say(context, options, 'there are none')
  if (cursor !== null) say(context, options, `the first ${items.length}; --limit or --all shows more`)
}
