/** The interactive documentation: Swagger UI from its npm package, with nothing from elsewhere. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Hono } from 'hono'
import { html } from 'hono/html'

const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const pageScript = `window.onload = () => SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, tryItOutEnabled: true, validatorUrl: null,
})
`
/** Of the front page; the rules for `body` are for both. */
const pageStyle = `body { margin: 0; }
.front {
  color-scheme: light dark;
  --ink: light-dark(#1b2733, #e4e9ee); --quiet: light-dark(#5c6b7a, #9aa8b5); --line: light-dark(#dde3e9, #33404c);
  --paper: light-dark(#fff, #161c22); --tint: light-dark(#f4f7f9, #1f272f); --link: light-dark(#0b62c4, #7ab8ff);
  background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif;
}
.front main { max-width: 52rem; margin: 0 auto; padding: 4rem 1.25rem; }
.front h1 { margin: 0; font-size: 2.25rem; line-height: 1.2; letter-spacing: -0.02em; }
.front h1 small { font-size: 1rem; font-weight: normal; letter-spacing: 0; color: var(--quiet); }
.front .lead { margin: 0.5rem 0 2.5rem; font-size: 1.2rem; color: var(--quiet); }
.front h2 { margin: 2.5rem 0 1rem; font-size: 1.2rem; }
.front a { color: var(--link); text-underline-offset: 0.15em; }
.front ul { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.25rem, 1fr)); gap: 0.75rem; margin: 0; padding: 0; list-style: none; }
.front li a { display: block; height: 100%; box-sizing: border-box; padding: 0.8rem 1rem; border: 1px solid var(--line); border-radius: 0.5rem; text-decoration: none; color: var(--quiet); }
.front li a:hover, .front li a:focus-visible { border-color: var(--link); background: var(--tint); }
.front li b { display: block; font-weight: 600; color: var(--link); }
.front dt { margin-bottom: 0.25rem; }
.front dd { margin: 0 0 1rem; }
.front pre { margin: 0; padding: 0.7rem 1rem; border-radius: 0.5rem; background: var(--tint); overflow-x: auto; font: 0.85rem/1.5 ui-monospace, monospace; }
`

/** Serves the page at /docs and /api/docs, and the files it is made of. */
export function serveDocs(app: Hono): void {
  const folder = swaggerFolder()
  const files: Readonly<Record<string, { type: string; read: () => string | Promise<string> }>> = {
    'page.js': { type: 'text/javascript', read: () => pageScript },
    'page.css': { type: 'text/css', read: () => pageStyle },
    'swagger-ui-bundle.js': {
      type: 'text/javascript',
      read: () => readFile(join(folder, 'swagger-ui-bundle.js'), 'utf8'),
    },
    'swagger-ui.css': { type: 'text/css', read: () => readFile(join(folder, 'swagger-ui.css'), 'utf8') },
  }
  for (const path of ['/docs', '/api/docs']) {
    app.get(path, (context) => {
      context.header('content-security-policy', contentSecurityPolicy)
      return context.html(page())
    })
  }
  for (const [name, { type, read }] of Object.entries(files)) {
    app.get(`/docs/${name}`, async (context) => {
      context.header('cache-control', 'max-age=3600')
      return context.body(await read(), 200, { 'content-type': `${type}; charset=utf-8` })
    })
  }
}

function page() {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>store-monitor: API</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/docs/swagger-ui.css" />
        <link rel="stylesheet" href="/docs/page.css" />
      </head>
      <body>
        <div id="swagger-ui"></div>
        <script src="/docs/swagger-ui-bundle.js"></script>
        <script src="/docs/page.js"></script>
      </body>
    </html>`
}

/** Beside this file in the built package, which carries the two files; in a clone, in the package that they are from. */
function swaggerFolder(): string {
  const built = join(import.meta.dirname, 'swagger-ui')
  return existsSync(built)
    ? built
    : dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
}
