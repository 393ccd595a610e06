import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { begunImport } from '../support/begun-import.ts'
import { runningServer } from '../support/running-server.ts'

test('an import of whatever process is cancelled over REST', async () => {
  await using server = await runningServer()
  const importId = await begunImport(server.databaseUrl)
  const cancel = (id: number | string) => fetch(`${server.url}/imports/${id}/cancel`, { method: 'POST' })
  const response = await cancel(importId)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ importId, state: 'cancelled', rowsAccepted: 0 })
  expect((await cancel(importId)).status).toBe(200)

  const { importId: complete } = await server.upload('store_id,timezone_str\ns1,UTC\n')
  const refused = await cancel(complete)
  expect(refused.status).toBe(409)
  expect(await refused.json()).toMatchObject({
    detail: `import ${complete} cannot be cancelled: it is complete`,
  })
  expect((await cancel(99)).status).toBe(404)
  expect((await cancel('all')).status).toBe(400)
})

test('an import is cancelled by the typed client', async () => {
  await using server = await runningServer()
  const importId = await begunImport(server.databaseUrl)
  const client = createStoreMonitorClient(server)
  expect(await client.import.cancel.mutate({ importId })).toMatchObject({ importId, state: 'cancelled' })
  expect(await client.import.get.query({ importId })).toMatchObject({ state: 'cancelled', failure: null })
  await expect(client.import.cancel.mutate({ importId: 99 })).rejects.toMatchObject({ code: 'not-found' })
})
