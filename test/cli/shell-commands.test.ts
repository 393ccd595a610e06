import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { runCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('a shell is told', () => {
  async function completions(...words: string[]): Promise<string[]> {
    const { stdout } = await runCli(['complete', '--', ...words])
    return stdout.trim().split('\n')
  }

  test('which commands there are', async () => {
    expect(await completions('repo')).toEqual([
      expect.stringMatching(/^report\t\S/),
      expect.stringMatching(/^reports\t\S/),
      expect.stringMatching(/^report-status\t\S/),
      ':4',
    ])
    expect(await completions('reports', '')).toContainEqual(expect.stringMatching(/^delete\t/))
    expect(await completions('vers')).toEqual([expect.stringMatching(/^version\t/), ':4'])
    expect(await completions('complet')).toEqual([expect.stringMatching(/^completion\t/), ':4'])
  })

  test('which options, and what they may be', async () => {
    expect(await completions('report', '--as')).toEqual([expect.stringMatching(/^--as-of\t/), ':4'])
    expect(await completions('report', '--format', '')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^xlsx\b/), ':4']),
    )
  })

  test('to look for files where nothing else is known', async () => {
    expect(await completions('import', 'pol')).toEqual([':0'])
    expect(await completions('report', '-o', '')).toEqual([':0'])
  })

  test.for(['bash', 'zsh', 'fish'])('by a script for %s, which it takes', async (shell, { skip }) => {
    const { exitCode, stdout } = await runCli(['completion', shell])
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringContaining('store-monitor complete -- ') as string,
    })
    await using folder = await temporaryFolder()
    const script = folder.file('script')
    await writeFile(script, stdout)
    try {
      execFileSync(shell, ['-n', script], { stdio: 'pipe' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') skip(`there is no ${shell} here`)
      throw error
    }
  })

  test('Bash completes by it, also without the package bash-completion, and where it was read before', async () => {
    const { stdout } = await runCli(['completion', 'bash'])
    const program = `
      store-monitor() { printf 'report\\tx\\nreports\\tx\\n:4\\n'; }
      COMP_WORDS=(store-monitor repo) COMP_CWORD=1
      __store_monitor_complete 2>/dev/null
      echo "\${COMPREPLY[@]}"`
    const shell = ['--norc', '--noprofile', '-c', stdout + stdout + program]
    expect(execFileSync('bash', shell, { stdio: 'pipe', encoding: 'utf8' })).toBe('report reports\n')
  })

  test('Bash does nothing of what is typed before it is entered', async () => {
    const { stdout } = await runCli(['completion', 'bash'])
    await using folder = await temporaryFolder()
    const file = folder.file('told')
    const program = `
      store-monitor() { printf '<%s>' "$@" >> "$TOLD"; printf ':4\\n'; }
      COMP_WORDS=(store-monitor report '$(echo done >> "$TOLD")' '\`echo done >> "$TOLD"\`;' '') COMP_CWORD=4
      __store_monitor_complete 2>/dev/null || true`
    const shell = ['--norc', '--noprofile', '-c', stdout + program]
    execFileSync('bash', shell, { stdio: 'pipe', env: { ...process.env, TOLD: file } })
    expect(await readFile(file, 'utf8')).toBe(
      '<complete><--><report><$(echo done >> "$TOLD")><`echo done >> "$TOLD"`;><>',
    )
  })

  test('of no other shell', async () => {
    expect(await runCli(['completion', 'tcsh'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('bash, zsh, fish') as string,
    })
  })
})

test('help of a command that does not exist is an error', async () => {
  expect(await runCli(['help', 'polls', 'nosuch'])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: "store-monitor: unknown command 'nosuch' (see npx store-monitor polls --help)\n",
  })
  expect((await runCli(['help', 'polls', 'export'])).stdout).toMatch(/^Usage: store-monitor polls export /)
  expect((await runCli(['help'])).stdout).toBe((await runCli(['--help'])).stdout)
})

test('the version says what it computes with', async () => {
  expect((await runCli(['version'])).stdout).toMatch(
    /^store-monitor \d+\.\d+\.\d+ \(Node\.js 2\d\S*, zone data 20\d\d\w\)\n$/,
  )
})

test('options of all commands may stand before the command', async () => {
  const nowhere = 'http://127.0.0.1:1'
  for (const place of [['--url', nowhere], [`--url=${nowhere}`]]) {
    const { stderr } = await runCli(['-q', ...place, '--debug', 'reports'])
    expect(stderr).toContain(`cannot reach store-monitor at ${nowhere}`)
  }
  expect((await runCli(['--url'])).exitCode).toBe(2)
  expect((await runCli(['-q'])).exitCode).toBe(2)
  expect((await runCli(['-q', 'nosuch'])).stderr).toContain("unknown command 'nosuch'")
})

test('an error names what was written: the flag, not the field of the API', async () => {
  await using folder = await temporaryFolder()
  const database = folder.file('a.db')
  const run = async (...args: string[]) => (await runCli([...args, '--database', database])).stderr
  const zones = folder.file('zones.csv')
  await writeFile(zones, 'store_id,timezone_str\na,UTC\n')
  await runCli(['import', zones, '--database', database])
  expect(await run('report', '--as-of', 'soon')).toMatch(/^store-monitor: --as-of: "soon" is not an instant/)
  expect(await run('report', '--by', 'day', '--since', 'x', '--until', 'y')).toMatch(
    /^store-monitor: --since: "x" is not a date.*; --until: "y" is not a date/,
  )
  const correction = ['corrections', 'add', 'a', '--kind', 'excused', '--reason', 'r']
  expect(await run(...correction, '--from', 'x', '--to', 'y')).toMatch(/: --from: "x" is .*; --to: "y" is /)
})
