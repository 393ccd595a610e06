import type { WatchedFile, WatchedFolder } from '../../../shared/watched.ts'
import type { StoreMonitorClient } from '../../index.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext } from '../context.ts'
import { printPages, type ListOptions } from '../listing.ts'
import { formatAmount, formatCount, printable, printJson, printTable, type TableColumn } from '../output.ts'

export interface WatchedOptions extends ConnectionOptions, ListOptions {
  readonly failed?: true
  readonly folders?: true
}

const fileColumns: readonly TableColumn<WatchedFile>[] = [
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'IMPORT', align: 'right', cell: ({ importId }) => (importId === null ? '' : String(importId)) },
  { head: 'AT', cell: ({ at }) => at },
  { head: 'FILE', cell: ({ path, failure }) => (failure === null ? path : `${path} (${failure})`) },
]

const folderColumns: readonly TableColumn<WatchedFolder>[] = [
  { head: 'FILES', align: 'right', cell: ({ files }) => formatCount(files) },
  { head: 'WAITING', align: 'right', cell: ({ waiting }) => formatCount(waiting) },
  { head: 'LEFT', align: 'right', cell: ({ left }) => formatCount(left) },
  { head: 'LOOKED AT', cell: ({ lookedAt }) => lookedAt ?? '' },
  { head: 'FOLDER', cell: ({ folder, problem }) => (problem === null ? folder : `${folder} (${problem})`) },
]

/** How many files that wait are shown of a folder. */
const MOST_SHOWN = 10

export async function runWatched(context: CommandContext, options: WatchedOptions): Promise<void> {
  await withConnection(context, options, async ({ client }) => {
    if (options.folders) await printFolders(context, options, client)
    else await printFiles(context, options, client)
  })
}

async function printFolders(
  context: CommandContext,
  options: WatchedOptions,
  client: StoreMonitorClient,
): Promise<void> {
  const { folders } = await client.import.watched.query({ limit: 1 })
  if (options.json) await printJson(context, folders)
  else if (folders.length > 0) await printTable(context, folderColumns, folders)
  if (folders.length === 0) say(context, options, 'no folder is watched: "serve --watch FOLDER" does')
  if (!options.json) for (const folder of folders) sayWaiting(context, options, folder)
}

async function printFiles(
  context: CommandContext,
  options: WatchedOptions,
  client: StoreMonitorClient,
): Promise<void> {
  let folders: readonly WatchedFolder[] = []
  await printPages(context, options, fileColumns, async (page) => {
    const answer = await client.import.watched.query(options.failed ? { ...page, state: 'failed' } : page)
    folders = answer.folders
    return answer
  })
  for (const folder of folders) {
    if (folder.problem !== null) say(context, options, printable(`${folder.folder}: ${folder.problem}`))
    sayWaiting(context, options, folder)
  }
}

function sayWaiting(
  context: CommandContext,
  options: WatchedOptions,
  { folder, waiting, firstWaiting }: WatchedFolder,
): void {
  if (waiting === 0) return
  const shown = firstWaiting.slice(0, MOST_SHOWN)
  const lines = shown.map(({ name, reason }) => `\n  ${printable(name)}: ${printable(reason)}`)
  const more = waiting > shown.length ? `\n  and ${formatCount(waiting - shown.length)} more` : ''
  const wait = waiting === 1 ? 'waits' : 'wait'
  say(
    context,
    options,
    `${formatAmount(waiting, 'file')} of ${printable(folder)} ${wait}:${lines.join('')}${more}`,
  )
}
