/** What a browser shows that has not signed in at a provider, and why. */
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { createHash } from 'node:crypto'
import type { AppError } from '../../../shared/app-error.ts'
import { problemOf } from '../../../shared/problem.ts'
import { asAnotherPath, providerPath, providerReturnPath } from '../../../shared/way-in.ts'
import { errorHeaders } from '../error-answer.ts'
import { wantsPage } from './page-request.ts'

const style = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 36rem; margin: 3rem auto; padding: 0 1.25rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.2; }`

const contentSecurityPolicy =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; img-src data:; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Whether an error is told to somebody who signs in at a provider. */
export function isToldToPerson({ req }: Context): boolean {
  return [providerPath, providerReturnPath].includes(req.path) && wantsPage(req.header('accept'))
}

export function signInErrorPage(context: Context, error: AppError): Response | Promise<Response> {
  const { status } = problemOf(error)
  for (const [name, value] of Object.entries(errorHeaders(error))) context.header(name, value)
  context.header('vary', 'accept')
  context.header('content-security-policy', contentSecurityPolicy)
  return context.html(page(error), status as ContentfulStatusCode)
}

/** Who is known at the provider stays so there: without being asked, one would come back as the same. */
function page({ message, code }: AppError) {
  const asAnother =
    code === 'forbidden' ? html`<p><a href="${asAnotherPath}">Sign in as somebody else</a></p>` : ''
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Not signed in – store-monitor</title>
        <link rel="icon" href="data:," />
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <main>
          <h1>You are not signed in</h1>
          <p>${message.slice(0, 1).toUpperCase()}${message.slice(1)}.</p>
          ${asAnother}
          <p><a href="/">Back to signing in</a></p>
        </main>
      </body>
    </html>`
}
