/** What goes on at servers whose database goes away. */
import pg from 'pg'
import { expect } from 'vitest'

export interface Pusher extends AsyncDisposable {
  /** As `store status instant`, what was answered to be safe. */
  readonly acknowledged: readonly string[]
  /** How often it was told to come again later. */
  readonly refused: number
}

/** Pushes one poll after the other, each until it is answered; all are of before those that reports are about. */
export function pushing(url: string, storeId: string): Pusher {
  const acknowledged: string[] = []
  let refused = 0
  let isOver = false
  async function push(number: number): Promise<void> {
    const at = new Date(Date.UTC(2022, 0, 3) + number * 60_000).toISOString().replace('.000', '')
    const status = number % 2 === 0 ? 'active' : 'inactive'
    const body = `store_id,status,timestamp_utc\n${storeId},${status},${at}\n`
    while (!isOver) {
      const response = await fetch(`${url}/polls`, { method: 'POST', body })
      const answer = await response.text()
      if (response.ok) return void acknowledged.push(`${storeId} ${status} ${at}`)
      expect([response.status, response.headers.get('retry-after')], answer).toEqual([
        503,
        expect.stringMatching(/^\d+$/),
      ])
      refused++
      // Who asks again at once keeps a processor from all others.
      await new Promise(setImmediate)
    }
  }
  const done = (async () => {
    for (let number = 0; !isOver; number++) await push(number)
  })()
  return {
    acknowledged,
    get refused() {
      return refused
    },
    async [Symbol.asyncDispose]() {
      isOver = true
      await done
    },
  }
}

/** Without the stores that are only pushed of. */
export function ofFilled(csv: string): string {
  return csv.replaceAll(/^SIG.*\n/gm, '')
}

/** Keeps a report from its end for as long as its database is there: whoever has done a part of it waits to say so. */
export async function heldReport(url: string, reportId: string): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {}) // it is cut
  await client.connect()
  await client.query('begin')
  await client.query('select state from report where report_id = $1 for update', [reportId])
  return { [Symbol.asyncDispose]: () => client.end().catch(() => {}) }
}

export async function moreAcknowledged(pushers: readonly Pusher[]): Promise<void> {
  const before = pushers.map(({ acknowledged }) => acknowledged.length)
  await expect.poll(() => pushers.every(({ acknowledged }, i) => acknowledged.length > before[i]!)).toBe(true)
}

/** Whether it says that it cannot, and, of what is asked for, when to come again. */
export async function isRefused(url: string): Promise<boolean> {
  const [ready, ...answers] = await Promise.all([
    fetch(`${url}/readyz`),
    fetch(`${url}/stores`),
    fetch(`${url}/trigger_report`, { method: 'POST' }),
  ])
  return (
    ready.status === 503 &&
    answers.every(({ status, headers }) => status === 503 && headers.has('retry-after'))
  )
}
