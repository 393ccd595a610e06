/** Makes the published package: its bundle, and the licenses of what is in that. */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OutputChunk } from 'rolldown'
import { bundlePackage } from './bundle.ts'

const dist = join(import.meta.dirname, '../dist')

/** The licenses of the packages in the bundle, which want to go with it. */
function licensesOf(chunks: readonly OutputChunk[]): string {
  const ids = chunks.flatMap(({ moduleIds }) => moduleIds)
  const folders = ids.flatMap((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id) ?? [])
  return [...new Set(folders)]
    .map((folder) => {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name: string
        version: string
      }
      const [file] = globSync('{LICENSE,LICENCE,license}*', { cwd: folder })
      if (file === undefined) throw new Error(`${name} has no file with its license`)
      return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
    })
    .toSorted()
    .join(`\n${'-'.repeat(80)}\n\n`)
}

writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licensesOf(await bundlePackage(dist)))
