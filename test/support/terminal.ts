import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { launcher } from './run-cli.ts'

export const hasTerminal = existsSync('/usr/bin/script')

/** The lines that the command line shows on a terminal of so many columns. */
export function shownOnTerminal(columns: number, args: readonly string[]): string[] {
  const command = `stty cols ${columns}; ${commandOf(args)}`
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8' })
  // eslint-disable-next-line no-control-regex
  return stdout.replaceAll(/\x1b\[\d+m|\r/g, '').split('\n')
}

/** All that it writes to a terminal of so many rows and columns until that matches, and then until Ctrl-C has ended it. */
export async function writtenToTerminal(
  { rows, columns }: { readonly rows: number; readonly columns: number },
  args: readonly string[],
  until: RegExp,
): Promise<string> {
  const command = `stty cols ${columns} rows ${rows}; exec ${commandOf(args)}`
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    const didMatch = until.test(text)
    text += piece
    if (!didMatch && until.test(text)) child.stdin.write('\u0003')
  })
  await once(child, 'close')
  return text
}

function commandOf(args: readonly string[]): string {
  return [process.execPath, launcher, ...args].map((word) => `'${word}'`).join(' ')
}
