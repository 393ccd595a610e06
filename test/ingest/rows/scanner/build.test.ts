import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const scanner = join(import.meta.dirname, '../../../../server/ingest/rows/scanner')
const compiler = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js')

test('scanner.wasm is what its source is compiled to: otherwise run npm run build:scanner', async () => {
  await using folder = await temporaryFolder()
  const built = folder.file('scanner.wasm')
  execFileSync(process.execPath, [compiler, '--config', join(scanner, 'asconfig.json'), '--outFile', built])
  expect(readFileSync(built).equals(readFileSync(join(scanner, 'scanner.wasm')))).toBe(true)
})
