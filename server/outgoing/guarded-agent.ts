import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { isIP } from 'node:net'
import { OutgoingError } from './outgoing-error.ts'

type Answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void
/** Finds the addresses of a host. */
export type Resolve = (host: string, options: LookupOptions & { all: true }, answer: Answer) => void

export interface Guard {
  readonly mayConnectTo: (address: string) => boolean
  readonly resolve?: Resolve | undefined
}

type Created = Parameters<HttpAgent['createConnection']>[1]

/**
 * Agents are the one place at which it is judged whom to connect to. What is judged is the address that is connected to, so
 * that a name cannot have another one a moment later, and no byte goes to one that is forbidden.
 */
export function guardedAgents(guard: Guard, options: AgentOptions) {
  return {
    http: guardedAgent(guard, new HttpAgent(options)),
    https: guardedAgent(guard, new HttpsAgent(options)),
  }
}

function guardedAgent<Agent extends HttpAgent>(guard: Guard, agent: Agent): Agent {
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, created) =>
    guarded(guard, options, created, (judged) => connect(judged, created))
  return agent
}

/** `lookup` is not called for a host that is an address. */
function guarded<Socket>(
  { mayConnectTo, resolve = lookup }: Guard,
  options: ClientRequestArgs,
  created: Created,
  connect: (options: ClientRequestArgs) => Socket,
): Socket | undefined {
  const host = options.host ?? ''
  if (isIP(host) === 0) return connect({ ...options, lookup: lookupWith(resolve, mayConnectTo) })
  if (mayConnectTo(host)) return connect(options)
  // Told as any other failure to connect.
  created?.(forbidden(host, []), undefined as never)
  return undefined
}

/** Finds those of a host's addresses that may be connected to. */
export function lookupWith(
  resolve: Resolve,
  mayConnectTo: Guard['mayConnectTo'],
): NonNullable<ClientRequestArgs['lookup']> {
  return (host, options, answer) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      const allowed = error === null ? addresses.filter(({ address }) => mayConnectTo(address)) : []
      const [first] = allowed
      if (error !== null) answer(error, [])
      else if (first === undefined) answer(forbidden(host, addresses), [])
      else if (options.all) answer(null, allowed)
      else answer(null, first.address, first.family)
    })
  }
}

export function forbidden(host: string, addresses: readonly LookupAddress[]): OutgoingError {
  const which = addresses.length === 0 ? '' : ` (${addresses.map(({ address }) => address).join(', ')})`
  return new OutgoingError(
    'forbidden',
    `${host}${which} is no address of the public internet: allowPrivate: true in the configuration file allows it`,
  )
}
