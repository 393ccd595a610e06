import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { createSilenceWatch } from '../../../../server/database/dialect/postgres/silence.ts'
import { databaseType } from '../../../support/test-database.ts'

/** What it says that has as many connections as it takes. */
const FULL = Buffer.concat([
  Buffer.from('E'),
  Buffer.from([0, 0, 0, 28]),
  Buffer.from('SFATAL\0C53300\0Mno more\0\0'),
])

/** What connects to it is told so, until it goes away. */
async function aDatabase() {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}))
    socket.on('data', () => socket.end(FULL))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    connection: { connectionString: `postgresql://a@127.0.0.1:${port}/a` },
    asked: () => sockets.length,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

describe.runIf(databaseType === 'postgres')('a connection on which no answer comes', () => {
  test('is ended once the database cannot be reached by another, and not before', async () => {
    await using database = await aDatabase()
    const watch = createSilenceWatch(database.connection, { silentMs: 1 })
    const end = vi.fn<() => void>()
    using _ = watch.waits(end)
    await expect.poll(database.asked).toBeGreaterThan(2)
    expect(end).not.toHaveBeenCalled()
    await database[Symbol.asyncDispose]()
    await vi.waitFor(() => expect(end).toHaveBeenCalled())
  })

  test('is not looked for when nobody waits', async () => {
    await using database = await aDatabase()
    const watch = createSilenceWatch(database.connection, { silentMs: 1 })
    const end = vi.fn<() => void>()
    watch.waits(end)[Symbol.dispose]()
    using _ = watch.waits(() => {})
    await expect.poll(database.asked).toBeGreaterThan(0)
    expect(end).not.toHaveBeenCalled()
  })
})
