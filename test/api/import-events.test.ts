import { expect, test } from 'vitest'
import { createStoreMonitorClient } from '../../client/index.ts'
import { cancelImport } from '../../server/database/imports.ts'
import { connect } from '../../server/database/connect.ts'
import type { ImportRecord } from '../../shared/import.ts'
import { begunImport } from '../support/begun-import.ts'
import { runningServer } from '../support/running-server.ts'

test('an import is followed on a server that does not import it, through every door', async () => {
  await using server = await runningServer()
  const importId = await begunImport(server.databaseUrl)
  const events = await fetch(`${server.url}/imports/${importId}/events`)
  const text = events.body!.pipeThrough(new TextDecoderStream()).getReader()
  expect((await text.read()).value).toContain('event: running\ndata: {"importId":1,')
  const watched: ImportRecord['state'][] = []
  for await (const { state } of createStoreMonitorClient(server).watchImport(importId)) {
    watched.push(state)
    await using elsewhere = await connect(server.databaseUrl)
    if (state === 'running') await cancelImport(elsewhere, importId, Date.now())
  }
  expect(watched).toEqual(['running', 'cancelled'])
  let rest = ''
  for (let piece = await text.read(); !piece.done; piece = await text.read()) rest += piece.value
  expect(rest).toMatch(/event: cancelled\ndata: .*\nid: cancelled\n\n$/)

  const input = encodeURIComponent(JSON.stringify({ importId, lastEventId: 'cancelled' }))
  const nothingNew = await (await fetch(`${server.url}/trpc/import.watch?input=${input}`)).text()
  expect(nothingNew).not.toMatch(/id: /)
  expect(nothingNew).toMatch(/event: return/)
})

test('an import that there is none of is not followed', async () => {
  await using server = await runningServer()
  const watching = createStoreMonitorClient(server).watchImport(9).next()
  await expect(watching).rejects.toMatchObject({ code: 'not-found' })
})
