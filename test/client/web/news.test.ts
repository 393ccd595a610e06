import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath } from '../../support/chromium.ts'
import { expectSoon, pageScene, press, type PageScene } from '../../support/page-scene.ts'

/** The streams of news that a server has open. */
interface OpenStreams extends Disposable {
  readonly count: number
  /** How many there ever were. */
  readonly ever: number
}

/** As the server of this process sees it. */
function streamsAt({ url }: { readonly url: string }): OpenStreams {
  const { host } = new URL(url)
  const open = new Set<ServerResponse>()
  let ever = 0
  function onRequest(message: unknown): void {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    if (request.headers.host !== host || !request.url!.startsWith('/trpc/data.news')) return
    ever++
    open.add(response)
    response.once('close', () => open.delete(response))
  }
  subscribe('http.server.request.start', onRequest)
  return {
    get count() {
      return open.size
    },
    get ever() {
      return ever
    },
    [Symbol.dispose]: () => void unsubscribe('http.server.request.start', onRequest),
  }
}

/** As a browser does with a tab that is behind others, or before them again. */
async function turn(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate(`(() => {
    Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true })
    Object.defineProperty(document, 'hidden', { value: ${state === 'hidden'}, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  })()`)
}

async function openTab(context: BrowserContext, { server }: PageScene): Promise<Page> {
  const page = await context.newPage()
  await page.goto(server.url)
  await page.locator('.figures').waitFor()
  return page
}

function pollAt(minute: number): string {
  const clock = `01:${String(minute).padStart(2, '0')}:00`
  return `store_id,status,timestamp_utc\nchicago-loop-01,active,2026-11-05 ${clock} UTC\n`
}

describe.skipIf(chromiumPath === undefined)('the news that the page follows, in a browser', () => {
  let scene: PageScene
  let streams: OpenStreams
  beforeAll(async () => {
    scene = await pageScene()
    streams = streamsAt(scene.server)
  })
  afterAll(async () => {
    streams[Symbol.dispose]()
    await scene[Symbol.asyncDispose]()
  })

  test('come to all tabs by one stream, which another tab takes over', async () => {
    await using opened = await scene.open('/')
    const { page } = opened
    await page.locator('.figures').waitFor()
    await expectSoon(() => streams.count).toBe(1)
    const other = await openTab(page.context(), scene)
    const third = await openTab(page.context(), scene)
    await scene.server.upload(pollAt(5))
    for (const tab of [page, other, third]) await tab.getByText(/^Polls until .*01:05 UTC/).waitFor()
    expect(streams).toMatchObject({ count: 1, ever: 1 })

    await page.close()
    await expectSoon(() => [streams.count, streams.ever]).toEqual([1, 2])
    await scene.server.upload(pollAt(6))
    for (const tab of [other, third]) await tab.getByText(/^Polls until .*01:06 UTC/).waitFor()
    expect(streams).toMatchObject({ count: 1, ever: 2 })
  })

  test('are left to a tab that is seen, and to none where no tab is', async () => {
    await using opened = await scene.open('/')
    const { page } = opened
    await page.locator('.figures').waitFor()
    await expectSoon(() => streams.count).toBe(1)
    const other = await openTab(page.context(), scene)
    const before = streams.ever
    await turn(page, 'hidden')
    await expectSoon(() => [streams.count, streams.ever - before]).toEqual([1, 1])
    await turn(other, 'hidden')
    await expectSoon(() => streams.count).toBe(0)

    await scene.server.upload(pollAt(10))
    // What is missed is told when the page is seen again, and not before.
    expect(streams).toMatchObject({ count: 0, ever: before + 1 })
    await turn(other, 'visible')
    await other.getByText(/^Polls until .*01:10 UTC/).waitFor()
    await turn(page, 'visible')
    await page.getByText(/^Polls until .*01:10 UTC/).waitFor()
    expect(streams).toMatchObject({ count: 1, ever: before + 2 })
  })

  test('are followed by a tab that was hidden when it was opened, once it is seen', async () => {
    await using opened = await scene.open('/data')
    const { page } = opened
    await page.addInitScript("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    await page.goto(scene.server.url)
    await page.locator('.figures').waitFor()
    await expectSoon(() => streams.count).toBe(0)
    await scene.server.upload(pollAt(15))
    await turn(page, 'visible')
    await page.getByText(/^Polls until .*01:15 UTC/).waitFor()
    expect(streams.count).toBe(1)
  })

  test('are shown by themselves where that is wanted, also after the page was loaded again', async () => {
    await using opened = await scene.open('/')
    const { page } = opened
    await page.locator('.figures').waitFor()
    await scene.server.upload(pollAt(20))
    await press(page.getByRole('button', { name: 'Always show at once' }))
    await page.getByText('As of Thu 5 Nov 2026, 01:20 UTC').waitFor()
    await page.reload()
    await page.getByText('What is new is shown as it comes').waitFor()
    await scene.server.upload(pollAt(25))
    await page.getByText('As of Thu 5 Nov 2026, 01:25 UTC').waitFor()
    await press(page.getByRole('button', { name: 'Ask before' }))
    await scene.server.upload(pollAt(30))
    await page.getByText(/^Polls until .*01:30 UTC/).waitFor()
    expect(await page.getByText('As of Thu 5 Nov 2026, 01:25 UTC').count()).toBe(1)
  })

  test('bring what was imported and requested elsewhere to the lists of it', async () => {
    await using opened = await scene.open('/data')
    const { page } = opened
    await page.getByRole('row', { name: 'store_status.csv polls' }).waitFor()
    await scene.server.upload(pollAt(35), 'from-elsewhere.csv')
    await page.getByRole('row', { name: /^from-elsewhere\.csv polls complete 1/ }).waitFor()
    await page.getByText(/the latest Thu 5 Nov 2026, 01:35 UTC/).waitFor()
    await page.getByRole('rowheader', { name: 'polls of from-elsewhere.csv' }).waitFor()

    await press(page.getByRole('link', { name: 'Reports', exact: true }))
    await page.getByRole('heading', { name: 'Reports' }).waitFor()
    for await (const _ of scene.client.runReport({ reach: '77m' })) continue
    await expectSoon(() => page.getByRole('row', { name: /reach 77m complete/ }).count()).toBe(1)
  })

  test('tell at once who is down, beside the report as it was', async () => {
    await using opened = await scene.open('/')
    const { page } = opened
    const downNow = page.locator('section[aria-labelledby="down-now"]')
    await downNow.locator('tbody').waitFor()
    const timestampUtc = '2026-11-05T01:59:30Z'
    const stores = ['austin-downtown-99', ...Array.from({ length: 20 }, (_, i) => `boston-seaport-${i + 70}`)]
    await scene.client.polls.push(
      stores.map((storeId) => ({ storeId, status: 'inactive' as const, timestampUtc })),
    )
    await downNow.getByText('austin-downtown-99').waitFor()
    await downNow.getByText(/^as of .*01:59/).waitFor()
    // Those of the list of stores, which is of the report, are fewer.
    expect(await downNow.getByRole('link', { name: /^All / }).count()).toBe(0)
    await expectSoon(() => page.locator('.bar.news').innerText()).toMatch(/^Polls until .*01:59/)
  })
})
