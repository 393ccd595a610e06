import { expect, test } from 'vitest'
import { bearing } from '../support/access-keys.ts'
import { signedIn } from '../support/browser-session.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { testDatabase } from '../support/test-database.ts'
import { startedProgram, writeServerProgram } from './server-program.ts'

test('a server that is killed when it has answered has kept what became of keys and sessions', async () => {
  await using database = await testDatabase()
  await using programs = await temporaryFolder()
  const program = programs.file('server.mjs')
  await writeServerProgram(program, { databaseUrl: database.url }, {})

  /** What a server answers that is killed as soon as it has. */
  async function beforeKill<Result>(ask: (url: string) => Promise<Result>): Promise<Result> {
    await using server = await startedProgram(program)
    return await ask(server.url)
  }

  async function made(url: string, name: string, role: string, token?: string): Promise<string> {
    const headers = token === undefined ? {} : bearing(token)
    const body = JSON.stringify({ name, role })
    const response = await fetch(`${url}/keys`, { method: 'POST', headers, body })
    return ((await response.json()) as { key: string }).key
  }

  const admin = await beforeKill((url) => made(url, 'ann', 'admin'))
  const [viewer, session] = await beforeKill(async (url) => {
    const key = await made(url, 'bob', 'viewer', admin)
    return [key, await signedIn(url, key)] as const
  })
  /** As nobody, as each key, and with the session, whose cookie is named by the port. */
  async function statusesOf(url: string): Promise<number[]> {
    const cookie = session.cookie.replace(/^[^=]+/, `store-monitor-${new URL(url).port}`)
    const callers = [{}, bearing(admin), bearing(viewer), { cookie, 'sec-fetch-site': 'same-origin' }]
    return Promise.all(
      callers.map(async (headers: Record<string, string>) => {
        const { status } = await fetch(`${url}/stores`, { headers })
        return status
      }),
    )
  }
  const before = await beforeKill(async (url) => {
    const statuses = await statusesOf(url)
    const headers = bearing(admin)
    const { items } = (await (await fetch(`${url}/sessions`, { headers })).json()) as {
      items: [{ sessionId: number }]
    }
    const session = await fetch(`${url}/sessions/${items[0].sessionId}`, { method: 'DELETE', headers })
    const key = await fetch(`${url}/keys/bob`, { method: 'DELETE', headers })
    return [...statuses, session.status, key.status]
  })
  expect(before).toEqual([401, 200, 200, 200, 200, 200])
  expect(await beforeKill(statusesOf)).toEqual([401, 200, 401, 401])
})
