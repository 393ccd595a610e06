import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { launcher } from './run-cli.ts'

export const hasTerminal = existsSync('/usr/bin/script')

/** The lines that the command line shows on a terminal of so many columns. */
export function shownOnTerminal(columns: number, args: readonly string[]): string[] {
  const words = [process.execPath, launcher, ...args].map((word) => `'${word}'`)
  const command = `stty cols ${columns}; ${words.join(' ')}`
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8' })
  // eslint-disable-next-line no-control-regex
  return stdout.replaceAll(/\x1b\[\d+m|\r/g, '').split('\n')
}
