import type { Context } from 'hono'
import { html } from 'hono/html'

const description =
  'Tells restaurant owners how long each store was up, down and unknown during its business hours.'

const links = {
  docs: '/docs',
  openapi: '/openapi.json',
  health: '/health',
  reports: '/reports',
  imports: '/imports',
} as const

/** What this is and where to go on. */
export function frontPage(context: Context, version: string): Response | Promise<Response> {
  context.header('vary', 'accept')
  const wantsPage = context.req.header('accept')?.includes('text/html') ?? false
  if (!wantsPage) return context.json({ name: 'store-monitor', version, description, links })
  const { origin } = new URL(context.req.url)
  context.header('content-security-policy', "default-src 'none'; style-src 'self'")
  return context.html(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <title>store-monitor</title>
          <link rel="stylesheet" href="/docs/page.css" />
        </head>
        <body>
          <main>
            <h1>store-monitor <small>${version}</small></h1>
            <p>${description}</p>
            <ul>
              <li><a href="${links.docs}">Try the API</a> in this browser</li>
              <li><a href="${links.reports}">Reports</a> that have been requested</li>
              <li><a href="${links.imports}">Imports</a> of polls, business hours and timezones</li>
              <li><a href="${links.health}">Health</a>, and what the database has</li>
              <li><a href="${links.openapi}">The API's description</a> for programs (OpenAPI 3.1)</li>
            </ul>
            <h2>From a terminal</h2>
            <pre>
curl --data-binary @store_status.csv '${origin}/imports?source=store_status.csv'
curl -X POST ${origin}/trigger_report
curl '${origin}/get_report?report_id=…'
curl -OJ ${origin}/reports/….csv</pre>
          </main>
        </body>
      </html>`,
  )
}
