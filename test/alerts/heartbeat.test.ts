import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import type * as z from 'zod'
import { createHeartbeat, type HeartbeatParts } from '../../server/alerts/heartbeat.ts'
import { heartbeatSetting } from '../../server/config-file/heartbeat-setting.ts'

interface Monitor extends AsyncDisposable {
  readonly url: string
  readonly asked: string[]
  status: number
}

async function monitor(): Promise<Monitor> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`)
    response.writeHead(made.status, made.status === 302 ? { location: '/elsewhere' } : {}).end('said')
    server.emit('asked')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const made: Monitor = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    status: 200,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return made
}

function heartbeat(given: z.input<typeof heartbeatSetting>, parts: Partial<HeartbeatParts> = {}) {
  const notices: string[] = []
  const made = createHeartbeat({
    setting: heartbeatSetting.parse({ allowPrivate: true, ...given }),
    environment: {},
    version: '1.2.3',
    now: () => 0,
    look: async () => {},
    onNotice: (text) => notices.push(text),
    ...parts,
  })
  return { notices, beat: () => made.beat(), [Symbol.asyncDispose]: () => made[Symbol.asyncDispose]() }
}

test('somebody else is asked, as the configuration file says, with its secrets', async () => {
  await using someone = await monitor()
  const environment = { PLACE: `${someone.url}/ping/secret`, TOKEN: 't0ken' }
  const given = { url: '${PLACE}', method: 'POST' as const, headers: { authorization: 'Bearer ${TOKEN}' } }
  await using one = heartbeat(given, { environment })
  await one.beat()
  expect(someone.asked).toEqual(['POST /ping/secret Bearer t0ken'])
  expect(one.notices).toEqual([])
})

test('it beats only while the data can be read, and says so once when it does not, and when it does again', async () => {
  await using someone = await monitor()
  const broken = { isBroken: false }
  const look = async () => {
    if (broken.isBroken) throw new Error('the database is away')
  }
  await using one = heartbeat({ url: someone.url }, { look })
  await one.beat()
  broken.isBroken = true
  await one.beat()
  await one.beat()
  expect(someone.asked).toHaveLength(1)
  broken.isBroken = false
  await one.beat()
  expect(someone.asked).toHaveLength(2)
  expect(one.notices).toEqual(['the heartbeat fails: the database is away', 'the heartbeat works again'])
})

test.each([
  [500, 'the heartbeat fails: 500 said'],
  [302, 'the heartbeat fails: 302 said: redirects are not followed'],
])('an answer of %i is a notice, and no error', async (status, notice) => {
  await using someone = await monitor()
  someone.status = status
  await using one = heartbeat({ url: someone.url })
  await one.beat()
  expect(one.notices).toEqual([notice])
  expect(someone.asked).toHaveLength(1)
})

test('no byte goes to an address of this network, unless that is allowed', async () => {
  await using someone = await monitor()
  await using one = heartbeat({ url: someone.url, allowPrivate: false })
  await one.beat()
  expect(one.notices).toEqual([
    expect.stringContaining('127.0.0.1 is no address of the public internet') as string,
  ])
  expect(someone.asked).toEqual([])
})

test('a secret that is gone is a notice without it', async () => {
  await using one = heartbeat({ url: 'file:/nowhere/url' })
  await one.beat()
  expect(one.notices).toEqual([
    expect.stringMatching(/^the heartbeat fails: the secret in \/nowhere\/url cannot be read/) as string,
  ])
})
