import type { Context } from 'hono'
import { html } from 'hono/html'
import type { ApiParts } from '../api-parts.ts'

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
export function frontPage(
  context: Context,
  { version, publicUrl }: Pick<ApiParts, 'version' | 'publicUrl'>,
): Response | Promise<Response> {
  context.header('vary', 'accept')
  const wantsPage = context.req.header('accept')?.includes('text/html') ?? false
  if (!wantsPage) return context.json({ name: 'store-monitor', version, description, links })
  const { origin } = new URL(publicUrl ?? context.req.url)
  context.header(
    'content-security-policy',
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
  return context.html(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <title>store-monitor</title>
          <link rel="icon" href="data:," />
          <link rel="stylesheet" href="/docs/page.css" />
        </head>
        <body class="front">
          <main>
            <h1>store-monitor <small>${version}</small></h1>
            <p class="lead">${description}</p>
            <ul>
              <li>
                <a href="${links.docs}"><b>Try the API</b> in this browser</a>
              </li>
              <li>
                <a href="${links.reports}"><b>Reports</b> so far</a>
              </li>
              <li>
                <a href="${links.imports}"><b>Imports</b> so far</a>
              </li>
              <li>
                <a href="${links.health}"><b>Health</b> of the service</a>
              </li>
              <li>
                <a href="${links.openapi}"><b>OpenAPI 3.1</b> for programs</a>
              </li>
            </ul>
            <h2>From a terminal</h2>
            <dl>
              <dt>Import polls, and likewise business hours and timezones</dt>
              <dd>
                <pre>curl --data-binary @store_status.csv '${origin}/imports?source=store_status.csv'</pre>
              </dd>
              <dt>Request a report</dt>
              <dd><pre>curl -X POST ${origin}/trigger_report</pre></dd>
              <dt>See how far it is</dt>
              <dd><pre>curl ${origin}/get_report/REPORT_ID</pre></dd>
              <dt>Fetch it</dt>
              <dd><pre>curl -OJ ${origin}/reports/REPORT_ID.csv</pre></dd>
            </dl>
          </main>
        </body>
      </html>`,
  )
}
