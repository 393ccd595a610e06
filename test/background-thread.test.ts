import { execFile } from 'node:child_process'
import { getPriority } from 'node:os'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test.runIf(process.platform === 'linux' && getPriority() === 0).for([
  [0, 5],
  [10, 15],
  [17, 19],
  [19, 19],
] as const)('a thread of a process with niceness %i has %i', async ([own, behind]) => {
  const { stdout } = await promisify(execFile)('nice', [
    '-n',
    String(own),
    process.execPath,
    '--eval',
    `const { Worker } = require('node:worker_threads')
    new Worker(\`import(${JSON.stringify(new URL('../server/background-thread.ts', import.meta.url).href)}).then((it) => {
      it.stepBehindAnswers()
      console.log(require('node:os').getPriority(0))
    })\`, { eval: true }).on('exit', () => console.log(require('node:os').getPriority(0)))`,
  ])
  expect(stdout.trim().split('\n').map(Number)).toEqual([behind, own])
})
