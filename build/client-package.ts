/**
 * Makes `store-monitor-client` in dist/client-package: the typed client as a package of its own, with what it needs of
 * other packages in it, so that installing it brings neither the server's packages nor TypeScript.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown, type OutputChunk, type Plugin } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'
import { licensesOf } from './licenses.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'dist/client-package')
const { version, description, keywords, license, type, sideEffects } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
) as Record<string, unknown>

/** The first is that of the oldest `@trpc/tanstack-react-query` that was tried. */
const trpcVersions = '^11.22.1'

const manifest = {
  name: 'store-monitor-client',
  version,
  description: `${String(description)}: the typed client of its server`,
  keywords,
  license,
  type,
  engines: { node: '>=20' },
  sideEffects,
  exports: {
    '.': { types: './index.d.ts', default: './index.js' },
    './trpc': { types: './trpc.d.ts', default: './trpc.js' },
    './package.json': './package.json',
  },
  files: ['*.js', '*.d.ts', 'THIRD-PARTY-LICENSES.txt'],
  // Of the types of ./trpc, which have to be those of what is made for tRPC.
  peerDependencies: { '@trpc/client': trpcVersions, '@trpc/server': trpcVersions },
  peerDependenciesMeta: { '@trpc/client': { optional: true }, '@trpc/server': { optional: true } },
}

/** What a procedure is given on the server's side is nobody's business on the other, and would bring Kysely's types. */
const withoutContext: Plugin = {
  name: 'without-context',
  load(id) {
    if (!/[\\/]server[\\/]api[\\/]router\.d\.ts$/.test(id)) return undefined
    return readFileSync(id, 'utf8').replaceAll('ctx: CallContext;', 'ctx: object;')
  },
}

/** What others say of their own types is in their packages; here it would be 50 kB. */
const withoutOthersComments: Plugin = {
  name: 'without-others-comments',
  load(id) {
    if (!/[\\/]node_modules[\\/].*\.d\.[cm]?ts$/.test(id)) return undefined
    const isForTsc = (comment: string) => comment.includes('@ts-')
    return readFileSync(id, 'utf8').replaceAll(/\/\*\*[^]*?\*\//g, (comment) =>
      isForTsc(comment) ? comment : '',
    )
  },
}

/** A tenth of the package would be blanks that its lines begin with, which editors do not need. */
const withoutIndentation: Plugin = {
  name: 'without-indentation',
  renderChunk: (code) => code.replaceAll(/^ +/gm, ''),
}

async function bundleCode(): Promise<OutputChunk[]> {
  await using bundle = await rolldown({
    cwd: root,
    input: { index: 'client/index.ts', trpc: 'client/trpc.ts' },
    platform: 'browser',
    transform: { target: 'node20' },
  })
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
  })
  return output.filter((file) => file.type === 'chunk')
}

/** From the declarations that tsc has written to dist; what is `external` is imported. */
async function bundleTypes(name: string, external: RegExp[] = []): Promise<void> {
  await using bundle = await rolldown({
    cwd: root,
    input: { [name]: `dist/client/${name}.d.ts` },
    external,
    plugins: [
      withoutContext,
      withoutOthersComments,
      dts({ dtsOnly: true, tsconfig: 'tsconfig.build.json' }),
      withoutIndentation,
    ],
    // Of the types of Zod, which has CommonJS beside ESM.
    onLog() {},
  })
  await bundle.write({ dir: folder, format: 'esm' })
}

mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
writeFileSync(
  join(folder, 'THIRD-PARTY-LICENSES.txt'),
  licensesOf(await bundleCode(), [join(root, 'node_modules/zod')]),
)
await bundleTypes('index')
await bundleTypes('trpc', [/^@trpc\//])
for (const file of ['LICENSE', 'README.md']) {
  copyFileSync(join(root, file === 'LICENSE' ? file : 'client/README.md'), join(folder, file))
}
