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
const pageStyle = 'body { margin: 0; }\n'

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
      context.set('operation', 'docs')
      context.header('content-security-policy', contentSecurityPolicy)
      return context.html(page())
    })
  }
  for (const [name, { type, read }] of Object.entries(files)) {
    app.get(`/docs/${name}`, async (context) => {
      context.set('operation', 'asset')
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
