import { AppError } from '../../../shared/app-error.ts'
import type { TouchedStore } from '../../../shared/import.ts'
import type { StoreMonitorClient } from '../../index.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext } from '../context.ts'
import { hint } from '../hint.ts'
import { importColumns } from '../import-columns.ts'
import { printPages, type ListOptions } from '../listing.ts'
import { sayNotRecorded } from '../not-recorded.ts'
import {
  formatAmount,
  formatCount,
  printable,
  printJson,
  printTable,
  write,
  type TableColumn,
} from '../output.ts'

export interface ImportsOptions extends ConnectionOptions, ListOptions {
  /** Only those that changed something of this store. */
  readonly store?: string
  readonly stores?: true
  readonly wait?: true
}

const storeColumns: readonly TableColumn<TouchedStore>[] = [
  { head: 'STORE', cell: ({ storeId }) => storeId },
  {
    head: 'NAME',
    cell: ({ name, deletedAt }) => (deletedAt === null ? (name ?? '') : `deleted ${deletedAt}`),
  },
]

export async function runImports(
  context: CommandContext,
  options: ImportsOptions,
  importId: number | undefined,
): Promise<void> {
  const { store, stores, wait } = options
  if (stores && importId === undefined) {
    throw new AppError(
      'invalid',
      '--stores lists the stores of one import: write its number too, such as "imports 3 --stores"',
    )
  }
  if (wait && importId === undefined) {
    throw new AppError(
      'invalid',
      '--wait waits for the end of one import: write its number too, such as "imports 3 --wait"',
    )
  }
  if (store !== undefined && importId !== undefined) {
    throw new AppError('invalid', '--store lists the imports of a store: leave out the number of an import')
  }
  await withConnection(context, options, async ({ client, flags }) => {
    if (importId === undefined) return printImports(context, options, client, flags)
    if (wait) await untilEnd(context, client, importId)
    if (stores) await printStores(context, options, client, importId)
    else await printImport(context, options, client, importId, flags)
    if (wait) await requireComplete(client, importId)
  })
}

async function untilEnd(
  { signal }: CommandContext,
  client: StoreMonitorClient,
  importId: number,
): Promise<void> {
  for await (const { state } of client.watchImport(importId, { signal })) if (state !== 'running') return
}

/** Throws where nothing of it, or not all, is in. */
async function requireComplete(client: StoreMonitorClient, importId: number): Promise<void> {
  const { state, source, failure } = await client.import.get.query({ importId })
  if (state === 'complete') return
  throw new AppError('conflict', printable(`${source} was not imported: ${failure ?? `it was ${state}`}`))
}

async function printImports(
  context: CommandContext,
  options: ImportsOptions,
  client: StoreMonitorClient,
  flags: readonly string[],
): Promise<void> {
  const only = options.store === undefined ? {} : { storeId: options.store }
  let notRecorded = 0
  await printPages(context, options, importColumns, async (page) => {
    const imports = await client.import.list.query({ ...page, ...only })
    notRecorded = imports.importsNotRecorded
    return imports
  })
  sayNotRecorded(
    context,
    options,
    { count: notRecorded, thing: 'import' },
    hint(context, 'imports', ...flags),
  )
}

async function printStores(
  context: CommandContext,
  options: ImportsOptions,
  client: StoreMonitorClient,
  importId: number,
): Promise<void> {
  const { isRecorded } = await client.import.stores.query({ importId, limit: 1 })
  if (!isRecorded) {
    say(context, options, whichIsNotRecorded)
    return
  }
  await printPages(context, options, storeColumns, (page) =>
    client.import.stores.query({ ...page, importId }),
  )
}

const FIRST_STORES = 10
const whichIsNotRecorded = 'of which stores it changed something was not recorded when it was imported'

/** An import, and the first of the stores of which it changed something. */
async function printImport(
  context: CommandContext,
  options: ImportsOptions,
  client: StoreMonitorClient,
  importId: number,
  flags: readonly string[],
): Promise<void> {
  const record = await client.import.get.query({ importId })
  if (options.json) {
    await printJson(context, [record])
    return
  }
  await printTable(context, importColumns, [record])
  const { items, nextCursor, isRecorded } = await client.import.stores.query({
    importId,
    limit: FIRST_STORES,
  })
  if (!isRecorded) say(context, options, whichIsNotRecorded)
  if (items.length === 0) return
  const more = (record.storesTouched ?? 0) - items.length
  const lines = [
    '',
    `It changed something of ${formatAmount(record.storesTouched ?? items.length, 'store')}:`,
    ...items.map(storeLine),
    ...(nextCursor === null ? [] : [`  and ${formatCount(more)} more`]),
  ]
  await write(context.stdout, `${lines.map(printable).join('\n')}\n`)
  if (nextCursor !== null) {
    say(
      context,
      options,
      `all of them: ${hint(context, 'imports', String(importId), '--stores', '--all', ...flags)}`,
    )
  }
}

function storeLine({ storeId, name, deletedAt }: TouchedStore): string {
  const more = deletedAt === null ? name : `deleted ${deletedAt}`
  return `  ${storeId}${more === null ? '' : ` (${more})`}`
}
