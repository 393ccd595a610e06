import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { configOf } from '../place.ts'
import { createProgressDisplay } from '../progress-display.ts'

export interface BackupOptions extends MessageOptions {
  readonly database?: string
  readonly config?: string
  readonly force?: true
}

/** Copies the database to a file, also while a server is at work on it. */
export async function runBackup(
  context: CommandContext,
  options: BackupOptions,
  file: string,
): Promise<void> {
  const { backUp } = await import('../../../server/database/backup.ts')
  const { databaseUrl } = await configOf(context, options)
  using display = await createProgressDisplay(context, options)
  const bytes = await backUp(databaseUrl, file, {
    replace: options.force ?? false,
    signal: context.signal,
    onProgress: ({ bytesDone, bytesTotal }) =>
      display.show({
        label: 'Backup',
        done: bytesDone,
        total: bytesTotal,
        amount: `${megabytes(bytesDone)} of ${megabytes(bytesTotal)}`,
      }),
  })
  display[Symbol.dispose]()
  say(context, options, `${file}: ${megabytes(bytes)} of ${databaseUrl}, checked`)
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
