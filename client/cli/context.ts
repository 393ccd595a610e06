import type { Readable } from 'node:stream'
import type { WriteStream } from 'node:tty'

/** What a command is given of the process that it runs in. */
export interface CommandContext {
  readonly version: string
  /** How it was started, such as `npx store-monitor`. */
  readonly command: string
  readonly platform: NodeJS.Platform
  /** Where the package, or the clone, is. */
  readonly packageFolder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The configuration file that counts where none is named; undefined where there is none. */
  readonly findConfigFile?: () => string | undefined
  readonly now: () => number
  /** For data, and nothing else. */
  readonly stdout: WriteStream
  readonly stderr: WriteStream
  /** What is piped into the command. */
  readonly stdin: () => Readable
  /** Aborted by the first Ctrl-C; the second one ends the process. */
  readonly signal: AbortSignal
}

/** Options of every command. */
export interface MessageOptions {
  readonly quiet?: true
  readonly debug?: true
}

/** Tells the person at the terminal something, unless they want it quiet. */
export function say({ stderr }: CommandContext, { quiet }: MessageOptions, text: string): void {
  if (!quiet) stderr.write(`${text}\n`)
}
