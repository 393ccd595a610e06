import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import { chromiumPath, startChromium } from '../support/chromium.ts'
import { runningServer } from '../support/running-server.ts'

const polls = 'store_id,status,timestamp_utc\na,active,2023-01-24 10:00:00 UTC\n'

/** What a page does with the client, which is a global of it. */
const script = `
const client = createStoreMonitorClient({ url: location.origin })
const { database } = await client.health.query()
const states = []
for await (const { state } of client.runReport({ reach: '12h' })) states.push(state)
const error = await client.report.get.query({ reportId: 'x' }).catch(({ code, message }) => ({ code, message }))
const { uptimeLastWeekMs } = await client.store.uptime.query({ storeId: 'a', reach: '12h' })
result = { stores: database.stores, lastState: states.at(-1), error, uptimeLastWeekMs }
`

/** The client and all that it needs at run time, for a page. */
async function bundledClient(): Promise<string> {
  await using bundle = await rolldown({
    input: join(import.meta.dirname, '../../client/index.ts'),
    platform: 'browser',
  })
  const { output } = await bundle.generate({ format: 'iife', name: 'storeMonitor' })
  return output[0].code
}

test.skipIf(chromiumPath === undefined)('the client works in a browser', async () => {
  const code = await bundledClient()
  await using server = await runningServer()
  await server.upload(polls)
  await using parts = new AsyncDisposableStack()
  const browser = parts.adopt(await startChromium(), (browser) => browser.close())
  const page = await browser.newPage()
  await page.route(`${server.url}/app`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>app</title>' }),
  )
  await page.goto(`${server.url}/app`)
  await page.addScriptTag({ content: `${code}\nvar { createStoreMonitorClient } = storeMonitor, result` })
  await page.addScriptTag({ content: script, type: 'module' })
  await page.waitForFunction('result !== undefined')
  expect(await page.evaluate('result')).toEqual({
    stores: 1,
    lastState: 'complete',
    error: { code: 'not-found', message: expect.stringMatching(/: a report id is a UUID/) as string },
    uptimeLastWeekMs: 12 * 3_600_000,
  })
})
