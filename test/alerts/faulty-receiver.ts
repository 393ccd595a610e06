import type { ServerResponse } from 'node:http'
import { verified, type Received, type Receiver } from '../support/alert-scene.ts'
import type { createRandom } from '../bench/random.ts'

/** So many in a row of a message at most: with ten it would be given up. */
const MOST_IN_A_ROW = 6

const refusals = [429, 500, 503, 302] as const
const breaks = ['reset', 'reset when taken', 'half an answer', 'hang'] as const
type Break = (typeof breaks)[number]

interface Arrival {
  readonly id: string
  readonly incident: string
  readonly sequence: number
}

/** What a receiver took, whatever it answered, and what went wrong. */
export interface Faults {
  count: number
  readonly taken: Arrival[]
}

/** Has a receiver answer as badly as any does, half of the time, and check each signature. */
export function makeFaulty(
  receiver: Receiver,
  random: ReturnType<typeof createRandom>,
  { hang, onRequest = () => {} }: { readonly hang?: () => void; readonly onRequest?: () => void },
): Faults {
  const faults: Faults = { count: 0, taken: [] }
  const inARow = new Map<string, number>()
  const chosen = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!

  function take(received: Received): void {
    const { data } = verified(received) as { data: Omit<Arrival, 'id'> }
    faults.taken.push({ ...data, id: idOf(received) })
  }

  function breakOff(how: Break, received: Received, response: ServerResponse): void {
    if (how !== 'reset') take(received)
    if (how === 'hang' && hang !== undefined) {
      hang()
      return
    }
    if (how === 'half an answer') response.writeHead(200, { 'content-length': '100' }).write('o')
    setImmediate(() => response.destroy())
  }

  receiver.answer = (received, response) => {
    const before = inARow.get(idOf(received)) ?? 0
    if (random() < 0.5 || before === MOST_IN_A_ROW) {
      take(received)
      response.end('ok')
    } else {
      faults.count++
      inARow.set(idOf(received), before + 1)
      if (random() < 0.5) breakOff(chosen(breaks), received, response)
      else {
        const headers = { location: receiver.url, 'retry-after': '7' }
        verified(received)
        response.writeHead(chosen(refusals), headers).end('no')
      }
    }
    onRequest()
  }
  return faults
}

function idOf({ request }: Received): string {
  return String(request.headers['webhook-id'])
}

/** What is wrong with what arrived of the events that were to: lost, with two ids, or out of order. */
export function wrongIn(
  { taken }: Faults,
  expected: readonly { readonly incident: string; readonly sequence: number }[],
): string[] {
  const ids = new Map<string, string>()
  const last = new Map<string, number>()
  const wrong: string[] = []
  for (const { id, incident, sequence } of taken) {
    const event = `${incident} ${sequence}`
    const known = ids.get(event)
    if (known !== undefined && known !== id) wrong.push(`${event} came as ${known} and ${id}`)
    if (known !== undefined) continue
    if (sequence !== (last.get(incident) ?? 0) + 1) wrong.push(`${event} came after ${last.get(incident)}`)
    ids.set(event, id)
    last.set(incident, sequence)
  }
  const lost = expected.filter(({ incident, sequence }) => !ids.has(`${incident} ${sequence}`))
  return [...wrong, ...lost.map(({ incident, sequence }) => `${incident} ${sequence} is lost`)]
}
