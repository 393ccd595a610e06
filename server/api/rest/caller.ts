import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'

/** What tells one caller from another as far as a server can see: the address, and the program. */
export function callerOf(context: Context): string {
  const isOverNetwork = (context.env as { incoming?: unknown } | undefined)?.incoming !== undefined
  const address = isOverNetwork ? (getConnInfo(context).remote.address ?? '') : ''
  return `${address} ${context.req.header('user-agent') ?? ''}`
}
