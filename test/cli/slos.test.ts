import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { hasTerminal, shownOnTerminal } from '../support/terminal.ts'

const chain = join(import.meta.dirname, '../../examples/chain')

test.runIf(hasTerminal)(
  'a terminal shows where stores stand, the worst first, and what to do where there are none',
  async () => {
    await using folder = await temporaryFolder()
    const at = ['--database', folder.file('chain.db')]
    await runCli(['import', chain, '--quiet', ...at])
    const slos = ['slos', '--month', '2026-10', ...at]
    expect(shownOnTerminal(120, slos)[0]).toMatch(/^there are none: .* "alerts apply"$/)
    await writeFile(folder.file('rules.yaml'), 'rules: [{condition: budget, target: 99.5}]')
    await runCli(['alerts', 'apply', folder.file('rules.yaml'), ...at])
    const [head, first] = shownOnTerminal(120, slos)
    expect(head).toMatch(/^STORE +MONTH +TARGET +SPENT +DOWN +BUDGET +LEFT +UNKNOWN +AS OF$/)
    expect(first).toMatch(
      /^detroit-greektown-01 +2026-10 +99\.5 % +4842\.19 % +82:34 h +1:42 h +-80:51 h +258\.44 h +2026-/,
    )
    // What there is no room for is left out.
    expect(shownOnTerminal(80, slos)[0]).toMatch(/^STORE +TARGET +SPENT +DOWN +LEFT +UNKNOWN$/)
    const all = shownOnTerminal(120, [...slos, '--all'])
    expect(all.slice(0, 2).join('\n')).toMatch(/^ALL +STORES +OVER .*\n- +42 +25 +99\.5 %/)
  },
)
