import { once } from 'node:events'
import type { WriteStream } from 'node:tty'
import { write } from './output.ts'

/** A whole terminal, which is as it was when this ends. */
export interface Screen {
  /** How many lines it has. */
  readonly rows: number
  /** Shows lines, in place of those that were shown; longer ones are cut. */
  show(lines: readonly string[]): Promise<void>
  /** Waits for some time, but not when it has another size, or the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>
  end(): Promise<void>
}

/** Of a terminal that does not tell its size, as a serial line. */
const usual = { rows: 24, columns: 80 }

const enter = '\u001b[?1049h\u001b[?25l'
const leave = '\u001b[?25h\u001b[?1049l'
const home = '\u001b[H'
const clearLine = '\u001b[K'
const clearBelow = '\u001b[J'

export function createScreen(stdout: WriteStream): Screen {
  let isEntered = false
  const rows = () => stdout.rows || usual.rows
  return {
    get rows() {
      return rows()
    },
    async show(lines) {
      const columns = stdout.columns || usual.columns
      const shown = lines.slice(0, rows()).map((line) => line.slice(0, columns) + clearLine)
      await write(stdout, (isEntered ? '' : enter) + home + shown.join('\r\n') + clearBelow)
      isEntered = true
    },
    async wait(ms, signal) {
      const either = new AbortController()
      const isOver = AbortSignal.any([signal, either.signal])
      const timer = setTimeout(() => either.abort(), ms)
      await once(stdout, 'resize', { signal: isOver }).catch(() => undefined)
      clearTimeout(timer)
    },
    async end() {
      if (isEntered) await write(stdout, leave)
    },
  }
}
