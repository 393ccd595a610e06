import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/** What tells one caller from another as far as a server can see: the address, and the program. */
export function callerOf(context: Context): string {
  // Absent where the app is called in the same process.
  const { incoming } = (context.env ?? {}) as Partial<HttpBindings>
  return `${incoming?.socket.remoteAddress ?? ''} ${context.req.header('user-agent') ?? ''}`
}
