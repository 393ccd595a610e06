import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OutputChunk } from 'rolldown'

/** The licenses of the packages in the chunks, which want to go with them, and of those in `others`. */
export function licensesOf(chunks: readonly OutputChunk[], others: readonly string[] = []): string {
  const ids = chunks.flatMap(({ moduleIds }) => moduleIds)
  const folders = ids.flatMap((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id) ?? [])
  return [...new Set([...folders, ...others])]
    .map((folder) => {
      const { name, version, license } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      ) as Record<string, string>
      const [file] = globSync('{LICENSE,LICENCE,license}*', { cwd: folder })
      if (file === undefined && license === 'Unlicense')
        return `${name} ${version}\n\nIn the public domain: https://unlicense.org\n`
      if (file === undefined) throw new Error(`${name} has no file with its license`)
      return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
    })
    .toSorted()
    .join(`\n${'-'.repeat(80)}\n\n`)
}
