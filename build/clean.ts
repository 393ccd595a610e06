/** Removes what was built, but for the page: servers of tests have it meanwhile, and it is made anew where it is stale. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const dist = join(import.meta.dirname, '../dist')

mkdirSync(dist, { recursive: true })
for (const name of readdirSync(dist)) {
  if (!/^web(?:\.\d+)?$/.test(name)) rmSync(join(dist, name), { recursive: true, force: true })
}
