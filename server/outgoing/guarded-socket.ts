import { lookup } from 'node:dns'
import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { forbidden, lookupWith, type Guard } from './guarded-agent.ts'
import { outgoingError } from './outgoing-error.ts'

/** A connection to a host, judged as those of requests are; ended where the signal says so. Throws an OutgoingError. */
export async function guardedSocket(
  { mayConnectTo, resolve = lookup }: Guard,
  { host, port, signal }: { readonly host: string; readonly port: number; readonly signal: AbortSignal },
): Promise<Socket> {
  if (isIP(host) !== 0 && !mayConnectTo(host)) throw forbidden(host, [])
  const socket = connect({ host, port, lookup: lookupWith(resolve, mayConnectTo), signal })
  try {
    await once(socket, 'connect')
    return socket
  } catch (error) {
    socket.destroy()
    throw outgoingError(host, error)
  }
}
