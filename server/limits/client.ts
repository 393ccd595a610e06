import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { forwardedElements } from './forwarded.ts'
import type { IsTrusted } from './trusted-proxies.ts'

/** Who is at the other end, behind the proxies that are trusted. */
export interface Client {
  readonly address: string | undefined
  /** Whether the nearest proxy says that it speaks https. */
  readonly isSecure: boolean
}

const clients = new WeakMap<IncomingMessage, Client>()

/** Of a request, what `noteClient` found; of one that it was not asked about, whoever is connected. */
export function clientOf(request: IncomingMessage): Client {
  return clients.get(request) ?? { address: request.socket.remoteAddress, isSecure: false }
}

/**
 * Finds whose request one is. What a peer says that is not trusted counts for nothing; of what trusted ones say, the last
 * address that is none of theirs.
 */
export function noteClient(request: IncomingMessage, isTrusted: IsTrusted): void {
  const peer = plainAddress(request.socket.remoteAddress ?? '')
  if (!isTrusted(peer)) return
  clients.set(request, { address: addressBehind(peer, request, isTrusted), isSecure: saysHttps(request) })
}

/**
 * A proxy writes one of the two headers, and may let through what a client wrote into the other: where they do not agree, the
 * request is the proxy's.
 */
function addressBehind(peer: string, request: IncomingMessage, isTrusted: IsTrusted): string {
  const said = [forwardedFor(request), xForwardedFor(request)].filter((hops) => hops.length > 0)
  const [address = peer, other = address] = said.map((hops) => lastBeforeTrusted(peer, hops, isTrusted))
  return address === other ? address : peer
}

function lastBeforeTrusted(peer: string, hops: readonly string[], isTrusted: IsTrusted): string {
  let address = peer
  for (const hop of hops.toReversed()) {
    const before = addressOf(hop)
    if (before === undefined) return address
    address = before
    if (!isTrusted(address)) return address
  }
  return address
}

function xForwardedFor({ headers }: IncomingMessage): readonly string[] {
  return partsOf(headers['x-forwarded-for'])
}

function forwardedFor({ headers }: IncomingMessage): readonly string[] {
  return forwardedElements(headers.forwarded).map((element) => element.get('for') ?? '')
}

function saysHttps({ headers }: IncomingMessage): boolean {
  const proto = forwardedElements(headers.forwarded).at(-1)?.get('proto')
  return (partsOf(headers['x-forwarded-proto']).at(-1) ?? proto)?.toLowerCase() === 'https'
}

function partsOf(header: string | readonly string[] | undefined): readonly string[] {
  return [header ?? []].flat().flatMap((text) => text.split(',').map((part) => part.trim()))
}

/** Of `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7` and `[2001:db8::7]:4711`; undefined of what is none, such as `unknown`. */
function addressOf(hop: string): string | undefined {
  const [, inBrackets, v4] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(hop) ?? []
  const address = plainAddress(inBrackets ?? v4 ?? hop)
  return isIP(address) === 0 ? undefined : address
}

/** An address of IPv4 as such, which a socket for both kinds tells as one of IPv6. */
export function plainAddress(address: string): string {
  const [, v4] = /^::ffff:([\d.]+)$/i.exec(address) ?? []
  return v4 ?? address.replace(/%.*$/, '')
}
