import type { Context } from 'hono'
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

/** What this is and where to go on, for programs; a browser is answered with the page. */
export function frontPage(context: Context, { version }: Pick<ApiParts, 'version'>): Response {
  return context.json({ name: 'store-monitor', version, description, links })
}
