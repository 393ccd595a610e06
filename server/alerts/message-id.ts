import { createHash } from 'node:crypto'

interface Told {
  readonly incident: string
  readonly sequence: number
}

/** By which a receiver knows a message again: the same of the same events, at each attempt and by whichever server. */
export function messageIdOf(channel: string, events: readonly Told[]): string {
  const told = events.map(({ incident, sequence }) => [incident, sequence])
  const hash = createHash('sha256').update(JSON.stringify([channel, ...told]))
  return `msg_${hash.digest('hex').slice(0, 32)}`
}
