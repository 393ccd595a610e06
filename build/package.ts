/** Makes the published package's code, and the licenses of what is in it. */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OutputChunk } from 'rolldown'
import { bundlePackage } from './bundle.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
/** Its memory management is compiled into scanner.wasm. */
const assemblyScript = join(root, 'node_modules/assemblyscript')

/** The licenses of the packages in the bundle, which want to go with it. */
function licensesOf(chunks: readonly OutputChunk[]): string {
  const ids = chunks.flatMap(({ moduleIds }) => moduleIds)
  const folders = ids.flatMap((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id) ?? [])
  return [...new Set([...folders, assemblyScript])]
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
