#!/usr/bin/env node
// Says so in one line where Node.js is too old, so an old one must be able to parse this: no syntax after ES2018 but
// import(), no import statement. It need not look for the Node.js that `npm ci` installs in a clone, as npx and npm
// scripts put that one first on PATH.
const oldestMajor = 24
const found = process.versions.node

if (parseInt(found, 10) < oldestMajor) {
  console.error(
    `store-monitor needs Node.js ${oldestMajor} or later, and this is ${found}: in a clone run "npm ci", ` +
      'which installs it, and then "npx store-monitor"; elsewhere see https://nodejs.org',
  )
  process.exitCode = 1
} else {
  // Node.js keeps what it compiled in the system's temporary folder, so that the next start takes half as long. Threads
  // do so where the environment says it.
  const { directory } = process.getBuiltinModule('module').enableCompileCache()
  if (directory) process.env.NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE || directory
  import('./main.ts').catch((error) => {
    // A clone has the source, which Node.js runs as it is; the published package has what was built from it.
    if (error.code === 'ERR_MODULE_NOT_FOUND' && String(error.url).endsWith('/client/cli/main.ts')) {
      return import('../../dist/cli.js')
    }
    throw error
  })
}
