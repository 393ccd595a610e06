/** A module that has Node.js take others instead of some, by what a name is resolved to, as the tests' runner resolves names itself. */
export function hooksSource(instead: readonly (readonly [url: string, other: string])[]): string {
  return `import { registerHooks } from 'node:module'

const instead = new Map(${JSON.stringify(instead)})
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context)
    const url = instead.get(resolved.url)
    return url === undefined ? resolved : { ...resolved, url, format: 'module' }
  },
})
`
}
