import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { vi } from 'vitest'
import type * as z from 'zod'
import type { AlertEvent } from '../../server/alerts/alert-event.ts'
import { createAlerts, type Alerts, type AlertsParts } from '../../server/alerts/alerts.ts'
import { recordEvents } from '../../server/alerts/record-events.ts'
import { alertsSetting } from '../../server/config-file/alerts-setting.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import type { AlertAttempt } from '../../server/observe/happened.ts'
import { testDatabase, type TestDatabase } from './test-database.ts'

export const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

/** A receiver's request, as it arrived. */
export interface Received {
  readonly request: IncomingMessage
  readonly body: string
}

export interface Receiver extends AsyncDisposable {
  readonly url: string
  readonly received: readonly Received[]
  readonly connections: number
  answer: (received: Received, response: ServerResponse) => void
}

/** Somebody else's server on loopback, which reads what it is sent before it answers. */
export async function receiver(): Promise<Receiver> {
  const received: Received[] = []
  let connections = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => {})
    request.on('end', () => {
      const one = { request, body: Buffer.concat(chunks).toString() }
      received.push(one)
      made.answer(one, response)
    })
  })
  server.on('connection', () => connections++)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const made: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    get connections() {
      return connections
    },
    answer: (_, response) => response.end('ok'),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return made
}

/** Throws where the signature is wrong, by the package of those who made the standard. */
export function verified({ request, body }: Received, withSecret = secret): Record<string, unknown> {
  const { headers } = request
  vi.useFakeTimers({ toFake: ['Date'], now: Number(headers['webhook-timestamp']) * 1000 })
  try {
    return new Webhook(withSecret).verify(body, headers as Record<string, string>) as Record<string, unknown>
  } finally {
    vi.useRealTimers()
  }
}

export function anEvent(incident: string, sequence = 1, given: Partial<AlertEvent> = {}): AlertEvent {
  return {
    incident,
    sequence,
    kind: sequence === 1 ? 'opened' : 'resolved',
    at: Date.parse('2026-10-05T12:00:00Z'),
    payload: { severity: 'error', condition: 'down', summary: `${incident} is down`, storeId: incident },
    ...given,
  }
}

export interface AlertScene extends AsyncDisposable {
  readonly database: TestDatabase
  readonly db: Db
  readonly receiver: Receiver
  readonly notices: readonly string[]
  readonly attempts: readonly AlertAttempt[]
  readonly lines: readonly string[]
  nowMs: number
  /** Those that the configuration file would make of it. */
  alerting(given: z.input<typeof alertsSetting>, parts?: Partial<AlertsParts>): Promise<Alerts>
  /** Has channels tell events at once, whatever the routes. */
  record(channels: readonly string[], ...events: readonly AlertEvent[]): Promise<void>
}

/** A database, a receiver, and a clock that stands still. */
export async function alertScene(): Promise<AlertScene> {
  await using parts = new AsyncDisposableStack()
  const database = parts.use(await testDatabase())
  const db = parts.use(await connect(database.url))
  const someone = parts.use(await receiver())
  const notices: string[] = []
  const attempts: AlertAttempt[] = []
  const lines: string[] = []
  const owned = parts.move()
  const scene: AlertScene = {
    database,
    db,
    receiver: someone,
    notices,
    attempts,
    lines,
    nowMs: Date.parse('2026-10-05T12:00:00Z'),
    async alerting(given, others = {}) {
      const alerts = createAlerts({
        setting: alertsSetting.parse(given),
        environment: {},
        reading: owned.use(await connect(database.url, { readOnly: true })),
        writing: owned.use(await connect(database.url)),
        version: '1.2.3',
        publicUrl: 'https://monitor.example.org',
        now: () => scene.nowMs,
        random: () => 0.5,
        writeLine: async (line) => void lines.push(line),
        observe: (one) => void (one.type === 'alert' && attempts.push(one)),
        onNotice: (text) => void notices.push(text),
        onError: (error) => void notices.push(String(error)),
        ...others,
      })
      return owned.use(alerts)
    },
    async record(channels, ...events) {
      const routed = channels.map((channel) => ({ channel, route: null, dueAt: scene.nowMs }))
      await db.transaction().execute((tx) => recordEvents(tx, events, () => routed, scene.nowMs))
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
  return scene
}
