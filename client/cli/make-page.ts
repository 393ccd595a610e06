import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { say, type CommandContext, type MessageOptions } from './context.ts'

const run = promisify(execFile)

/** In a clone, makes the page that is served where it is missing or its sources have changed; the published package has it. */
export async function makePage(context: CommandContext, options: MessageOptions): Promise<void> {
  const { packageFolder, signal } = context
  const script = join(packageFolder, 'build/web.ts')
  if (!existsSync(script)) return
  try {
    await run(process.execPath, [script], { signal })
  } catch (error) {
    if (signal.aborted) return
    // All else can be served without: where packages for development are left out, there is no Vite.
    say(context, options, `the page could not be made, and is left out: ${(error as Error).message.trim()}`)
  }
}
