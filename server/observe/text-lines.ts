import { Writable } from 'node:stream'

type Field = string | number | boolean

interface Logged {
  readonly level: string
  readonly msg?: string
  readonly [field: string]: Field
}

const sgr = { error: '31', warn: '33', debug: '2', info: '' } as Readonly<Record<string, string>>

/** Takes lines of JSON, and writes each as a person reads it. */
export function textLines(
  out: { write(text: string): unknown },
  { hasColors }: { readonly hasColors: boolean },
): Writable {
  return new Writable({
    decodeStrings: false,
    write(line: string, _, done) {
      const { time, ...logged } = JSON.parse(line) as Logged & { readonly time: string }
      const text = `${time.slice(11, 19)} ${textOf(logged)}`
      const color = hasColors ? sgr[logged.level] : ''
      out.write(color ? `\u{1b}[${color}m${text}\u{1b}[0m\n` : `${text}\n`)
      done()
    },
  })
}

function textOf({ level, msg = '', ...fields }: Logged): string {
  if (msg === 'request') return requestText(fields)
  const { stack, ...others } = fields
  if (typeof stack === 'string')
    return [printable(stack, true), fieldsText(others)].filter(Boolean).join('\n')
  const prefix = level === 'info' || level === 'debug' ? '' : `${level}: `
  return `${prefix}${printable(msg)} ${fieldsText(others)}`.trimEnd()
}

function requestText(fields: Readonly<Record<string, Field>>): string {
  const { method, path, status, durationMs, bytes, route, key, isCut } = fields
  const by = typeof key === 'string' ? `, by ${key}` : ''
  const cut = isCut === true ? ', cut' : ''
  return printable(`${method} ${path} ${status} ${durationMs} ms, ${bytes} bytes, ${route}${by}${cut}`)
}

function fieldsText(fields: Readonly<Record<string, Field>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${printable(String(value))}`)
    .join(' ')
}

/** Without what would move the cursor of a terminal. */
function printable(text: string, isOfLines = false): string {
  return text.replaceAll(isOfLines ? /(?!\n)\p{Cc}/gu : /\p{Cc}/gu, '\u{fffd}')
}
