import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { accountOf, type Principal } from '../../access/principal.ts'
import { callerAddress } from '../../limits/caller-address.ts'
import { clientOf } from '../../limits/client.ts'

/** Whom the limits count a request for: who has the key or the account, or the address. */
export function callerOf(context: Context): string {
  const principal = context.get('principal') as Principal | undefined
  const account = principal === undefined ? undefined : accountOf(principal)
  return account ?? callerAddress(remoteAddressOf(context))
}

/** What tells one program from another as far as a server can see: the address, and its name. */
export function programOf(context: Context): string {
  return `${remoteAddressOf(context) ?? ''} ${context.req.header('user-agent') ?? ''}`
}

export function remoteAddressOf(context: Context): string | undefined {
  const { incoming } = connectionOf(context)
  return incoming && clientOf(incoming).address
}

/** What Node.js has of a request, and of its answer; nothing where the app is called in the same process. */
export function connectionOf({ env }: Context): Partial<HttpBindings> {
  return (env ?? {}) as Partial<HttpBindings>
}
