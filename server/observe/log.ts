import { toAppError } from '../../shared/app-error.ts'
import type { Observe } from './happened.ts'
import { levelOf, lineOf } from './log-line.ts'
import type { LogFormat, LogLevel } from './log-levels.ts'
import { textLines } from './text-lines.ts'

export interface LogSetting {
  readonly level: LogLevel
  readonly format: LogFormat
  /** Where lines go. */
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly fd?: number }
}

/** A line for each thing that happens: JSON for programs, text for people. Disposing writes what waits. */
export interface Log extends Disposable {
  readonly observe: Observe
  /** What an operator may want to know. */
  tell(text: string): void
  /** What an operator should know. */
  warn(text: string): void
  /** An error that is our fault, with its stack, which is nowhere else. */
  error(error: unknown, fields?: { readonly requestId?: string }): void
}

/** What is not written yet, as whoever reads it is slow, is dropped above that. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024

export async function createLog({ level, format, stderr }: LogSetting): Promise<Log> {
  const { pino } = await import('pino')
  const isTTY = stderr.isTTY === true
  const isText = format === 'text' || (format === 'auto' && isTTY)
  const isFile = !isTTY && stderr.fd !== undefined
  // Not by the process's own stream, which waits for a slow reader of a pipe, or keeps all that it does not take.
  const file = isFile
    ? pino.destination({ fd: stderr.fd, sync: false, maxLength: MOST_WAITING_BYTES })
    : undefined
  const out = file ?? stderr
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    isText ? textLines(out, { hasColors: isTTY }) : out,
  )
  let dropped = 0
  file?.on('drop', () => dropped++)
  file?.on('drain', () => {
    if (dropped > 0)
      logger.warn({ lines: dropped }, 'lines were dropped, as whoever reads the log is too slow')
    dropped = 0
  })

  return {
    observe(happened) {
      const level = levelOf(happened)
      if (logger.isLevelEnabled(level)) logger[level](lineOf(happened), happened.type)
    },
    tell: (text) => logger.info(text),
    warn: (text) => logger.warn(text),
    error: (error, fields = {}) => logger.error({ ...fields, ...told(error) }, messageOf(error)),
    [Symbol.dispose]: () => file?.flushSync(),
  }
}

function told(error: unknown): { readonly code: string; readonly stack?: string } {
  const { code } = toAppError(error)
  return error instanceof Error ? { code, stack: stackOf(error) } : { code }
}

function stackOf(error: Error): string {
  const own = error.stack ?? `${error.name}: ${error.message}`
  return error.cause instanceof Error ? `${own}\ncaused by ${stackOf(error.cause)}` : own
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
