/** Headers of every answer, which tell browsers to be careful with it. */
import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

export const carefulHeaders: MiddlewareHandler = secureHeaders({
  strictTransportSecurity: false, // for the proxy that speaks TLS to say
  xFrameOptions: 'DENY',
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
})

/** Where a browser shows such an answer as if it were a page, nothing in it does anything. */
const nothingAllowed = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** What an answer does not say itself: it is data, which nobody keeps, and allows nothing. */
export const dataHeaders: MiddlewareHandler = async (context, next) => {
  await next()
  const { headers } = context.res
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', nothingAllowed)
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
}
