/** Who looks at the page, as far as the server asks. */
import { useQuery } from '@tanstack/react-query'
import type { Permission } from '../../server/access/permissions.ts'
import type { Caller } from '../../shared/session.ts'
import { errorOfFetch, errorOfResponse } from '../errors.ts'
import { isSignedOut, mustSignIn, sessionChanged } from './sign-in-state.ts'
import { queryClient, trpc } from './trpc.ts'

const address = '/session'

/** undefined until the server has said it. */
export function useCaller(): Caller | undefined {
  return useQuery(trpc.session.read.queryOptions()).data
}

/** Whether a control is offered: what the server would refuse is not. */
export function useMay(permission: Permission): boolean {
  const caller = useCaller()
  return caller === undefined || caller.permissions.includes(permission)
}

/** Asks whether the server still knows who one is. */
export async function askWhoIAm(): Promise<void> {
  if (isSignedOut()) return
  const asked = queryClient.query(trpc.session.read.queryOptions(undefined, { staleTime: 0 }))
  const caller = await asked.catch(() => undefined) // Then it does not say that one is not known.
  if (caller?.role === null) mustSignIn()
}

/** Throws an AppError where the key does not count. */
export async function signIn(key: string): Promise<void> {
  await send('POST', { key })
  sessionChanged(true)
}

export async function signOut(): Promise<void> {
  const { headers } = await send('DELETE')
  sessionChanged(false)
  const next = headers.get('location')
  if (next !== null) location.assign(next) // where one is to sign out, too
}

async function send(method: 'POST' | 'DELETE', body?: object): Promise<Response> {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  let response: Response
  try {
    response = await fetch(address, { method, ...init })
  } catch (error) {
    throw errorOfFetch(error, location.origin)
  }
  if (!response.ok) throw await errorOfResponse(response)
  return response
}
