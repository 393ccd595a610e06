/** Makes the published package's code, and the licenses of what is in it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundlePackage } from './bundle.ts'
import { licensesOf } from './licenses.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
/** Its memory management is compiled into scanner.wasm. */
const assemblyScript = join(root, 'node_modules/assemblyscript')

writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licensesOf(await bundlePackage(dist), [assemblyScript]))
