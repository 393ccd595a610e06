import { gzipSync } from 'node:zlib'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStoreMonitorClient, type StoreMonitorClient } from '../../../client/index.ts'
import { change, count, hours, percent } from '../../../client/web/format.ts'
import { openPage, type BrowserPage } from '../../support/browser-page.ts'
import { chromiumPath, startChromium } from '../../support/chromium.ts'
import { runningServer, type TestServer } from '../../support/running-server.ts'

const chain = join(import.meta.dirname, '../../../examples/chain')
const KIB = 1024

let server: TestServer
let client: StoreMonitorClient
let browser: Browser

async function chainServer(): Promise<TestServer> {
  const started = await runningServer()
  for (const name of ['timezones.csv', 'business_hours.csv', 'store_status.csv']) {
    await started.uploadFile(join(chain, name))
  }
  return started
}

async function open(
  path: string,
  options: Parameters<typeof openPage>[1] = {},
  of = server,
): Promise<BrowserPage> {
  const opened = await openPage(of.url, options, browser)
  await opened.page.goto(of.url + path)
  return opened
}

/** What comes to be true, however busy the machine is. */
function expectSoon<Value>(value: () => Value | Promise<Value>) {
  return expect.poll(value, { timeout: 30_000 })
}

/** What is looked at, as the address has it. */
function address(page: Page): string {
  const { pathname, search } = new URL(page.url())
  return decodeURIComponent(pathname + search)
}

/** The text of what the screen shows once it is there. */
async function shown(page: Page, selector = 'main'): Promise<string> {
  await page.locator('.figures, .grid-row[data-row]').first().waitFor()
  let text = ''
  let same = 0
  // Nothing is on its way, and nothing comes of what has come.
  await expectSoon(async () => {
    const before = text
    text = (await page.locator(selector).innerText()).replaceAll(/\s+/g, ' ')
    const isBusy = (await page.locator('main').getAttribute('aria-busy')) === 'true'
    same = text === before && !isBusy ? same + 1 : 0
    return same
  }).toBeGreaterThan(2)
  return text
}

describe.skipIf(chromiumPath === undefined)('the page, in a browser', () => {
  beforeAll(async () => {
    browser = await startChromium()
    server = await chainServer()
    client = createStoreMonitorClient({ url: server.url })
  })
  afterAll(async () => {
    await browser.close()
    await server[Symbol.asyncDispose]()
  })

  test('is small at first, comes from this server alone, and does nothing that its policy refuses', async () => {
    await using opened = await openPage(server.url, {}, browser)
    const { page, complaints } = opened
    const files: { type: string; bytes: Promise<Buffer> }[] = []
    page.on('response', (response) => {
      const type = response.request().resourceType()
      if (type === 'script' || type === 'stylesheet') files.push({ type, bytes: response.body() })
    })
    await page.goto(server.url)
    await shown(page)
    const sizeOf = async (wanted: string) => {
      const sizes = files.map(async ({ type, bytes }) => (type === wanted ? gzipSync(await bytes).length : 0))
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    }
    const [js, css] = [await sizeOf('script'), await sizeOf('stylesheet')]
    expect(js).toBeGreaterThan(0)
    expect(js).toBeLessThanOrEqual(120 * KIB)
    expect(css).toBeGreaterThan(0)
    expect(css).toBeLessThanOrEqual(8 * KIB)
    expect(complaints).toEqual([])
  })

  test('would complain if its policy refused something', async () => {
    await using opened = await open('/')
    await opened.page.evaluate(
      "document.body.append(Object.assign(document.createElement('img'), { src: 'https://elsewhere.example/a.png' }))",
    )
    await expectSoon(() => opened.complaints.join()).toMatch(/Content Security Policy/)
    await opened.page.evaluate(
      "try { document.body.innerHTML = '<b>x</b>' } catch (error) { console.error(error.message) }",
    )
    await expectSoon(() => opened.complaints.join()).toMatch(/TrustedHTML/)
  })

  test('shows the figures that the API has, of every store', async () => {
    const { reportId, asOf } = await ensured()
    const compared = await ensured(new Date(Date.parse(asOf) - 7 * 86_400_000).toISOString())
    const query = { reportId, compareWith: compared.reportId }
    const { now, windows } = await client.report.summary.query(query)
    const { items, total } = await client.report.rows.query({ ...query, limit: 1000 })
    await using opened = await open('/', { viewport: { width: 1280, height: 2400 } })
    const figures = await shown(opened.page, '.figures')
    expect(figures).toContain(`Down now ${count(now!.down)} of`)
    expect(figures).toContain(percent(windows.LastWeek.uptimePercent))
    expect(figures).toContain(hours(windows.LastWeek.downtimeMs))

    await opened.page.goto(`${server.url}/stores`)
    const lines = opened.page.locator('.grid-row[data-row]')
    await expectSoon(() => lines.count()).toBe(total)
    // What it is compared with comes after the rows.
    await shown(opened.page)
    for (const [place, row] of items.entries()) {
      const line = (await lines.nth(place).innerText()).split(/\s*\n\s*/)
      expect(line).toEqual(
        expect.arrayContaining([
          row.name ?? row.storeId,
          percent(row.uptimeLastWeekPercent),
          change(row.change),
          hours(row.downtimeLastWeekMs),
          hours(row.unknownLastWeekMs),
        ]),
      )
      expect(line.join(' ').toLowerCase()).toContain(row.now!)
    }
    expect(opened.complaints).toEqual([])
  })

  async function ensured(asOf?: string): Promise<{ reportId: string; asOf: string }> {
    const report = await client.report.ensure.mutate(asOf === undefined ? {} : { asOf })
    for await (const _ of client.watchReport(report.reportId)) continue
    return report
  }

  test.for([
    '/?as_of=2026-11-03T12:00:00Z&reach=90m&window=LastDay',
    '/stores?q=chicago&window=LastDay&sort=uptimeLastDayPercent&order=descending',
    '/stores?now=up&now=closed&uptime=90..95&interpolation=previous&compare=1d',
  ])('shows the same again at %s', async (path) => {
    await using first = await open(path)
    const text = await shown(first.page)
    expect(address(first.page)).toBe(path)
    await first.page.reload()
    expect(await shown(first.page)).toBe(text)
    const bar = first.page.locator('.bar.viewed')
    expect(await bar.count()).toBe(/as_of|interpolation/.test(path) ? 1 : 0)
  })

  test('says what is wrong with an address, and leads back', async () => {
    await using opened = await open('/?reach=forever')
    const { page } = opened
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').innerText()).toMatch(
      /"forever" is not a duration: write a number and a unit/,
    )
    await page.getByRole('button', { name: 'Reset' }).click()
    await shown(page)
    expect(address(page)).toBe('/')
  })

  test('is used without a mouse', async () => {
    await using opened = await open('/')
    const { page } = opened
    const { keyboard } = page
    const focused = () => page.evaluate<string>('document.activeElement.textContent')
    await shown(page)
    await keyboard.press('Tab')
    expect(await focused()).toBe('Skip to content')
    await keyboard.press('[')
    await expectSoon(() => address(page)).toBe('/?as_of=2026-11-03T20:00:00Z')
    await keyboard.press('[')
    await keyboard.press(']')
    await expectSoon(() => address(page)).toBe('/?as_of=2026-11-03T20:00:00Z')
    await keyboard.press('.')
    await expectSoon(() => address(page)).toBe('/')
    await keyboard.press('?')
    expect(await page.getByRole('dialog', { name: 'Keys' }).isVisible()).toBe(true)
    await keyboard.press('Escape')
    await keyboard.press('c')
    expect(await page.evaluate('document.activeElement.name')).toBe('compare')
    await keyboard.press('ArrowDown')
    await page.getByLabel('Reach').fill('90m')
    await keyboard.press('Enter')
    await expectSoon(() => address(page)).toBe('/?reach=90m&compare=1d')
    expect(await page.locator('.bar.viewed').innerText()).toMatch(/^Reach 90m · Compared with a day before/)
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(opened.complaints).toEqual([])

    await page.getByRole('link', { name: 'Stores', exact: true }).focus()
    await keyboard.press('Enter')
    await shown(page)
    await keyboard.press('/')
    await keyboard.type('new york j')
    expect(await page.getByRole('searchbox').inputValue()).toBe('new york j')
    await keyboard.press('Backspace')
    await keyboard.press('Backspace')
    await expectSoon(() => address(page)).toBe('/stores?reach=90m&compare=1d&q=new+york')
  })

  test('goes through the rows by j and k, beyond those that are in view, and opens one by Enter', async () => {
    await using opened = await open('/stores', { viewport: { width: 1280, height: 700 } })
    const { page } = opened
    const { items } = await client.report.rows.query({ reportId: (await ensured()).reportId })
    await shown(page)
    for (let step = 0; step < items.length + 5; step++) await page.keyboard.press('j')
    await page.keyboard.press('k')
    const { storeId } = items.at(-2)!
    await expectSoon(() => page.evaluate('document.activeElement.textContent')).toContain(storeId)
    await page.keyboard.press('Enter')
    await expectSoon(() => address(page)).toBe(`/stores/${storeId}`)
    await page.goBack()
    await shown(page)
  })

  test('sorts by a column, filters and goes to a row, all of which the address has', async () => {
    await using opened = await open('/stores', { viewport: { width: 1280, height: 700 } })
    const { page } = opened
    await shown(page)
    await page.getByRole('button', { name: 'Down', exact: true }).click()
    await expectSoon(() => address(page)).toBe('/stores?sort=downtimeLastWeekMs&order=descending')
    await page.getByRole('button', { name: 'Down', exact: false }).first().click()
    await expectSoon(() => address(page)).toBe('/stores?sort=downtimeLastWeekMs')
    const head = page.getByRole('columnheader', { name: 'Down' })
    expect(await head.getAttribute('aria-sort')).toBe('ascending')
    await page.getByLabel('Go to row').fill('42')
    await page.keyboard.press('Enter')
    await expectSoon(() => page.locator('.go').innerText()).toMatch(/–42 of 42/)
    await page.getByLabel('Uptime', { exact: true }).selectOption('90..95')
    await expectSoon(() => address(page)).toBe('/stores?uptime=90..95&sort=downtimeLastWeekMs')
    await page.getByRole('button', { name: 'All stores' }).click()
    await expectSoon(() => page.locator('.sum').innerText()).toMatch(/^42 stores/)
  })

  test('leads to files of this very filter and order', async () => {
    const path = '/stores?uptime=90..95&sort=uptimeLastWeekPercent&order=descending'
    await using opened = await open(path, { viewport: { width: 1280, height: 2400 } })
    const { page } = opened
    await shown(page)
    const ids = await page.locator('.grid-row[data-row] .store').allInnerTexts()
    const file = await fetch(
      new URL((await page.getByRole('link', { name: 'CSV' }).getAttribute('href'))!, server.url),
    )
    const [, ...lines] = (await file.text()).trim().split('\n')
    expect(ids.length).toBeGreaterThan(3)
    expect(lines.map((line) => line.split(',')[0])).toEqual(ids)
  })

  test('keeps what it shows while the server does not answer, and goes on when it does', async () => {
    await using opened = await open('/')
    const { page } = opened
    const text = await shown(page, '.figures')
    await page.context().setOffline(true)
    await page.keyboard.press('[')
    await page.getByText('The server does not answer').first().waitFor()
    await page.keyboard.press('.')
    expect(await shown(page, '.figures')).toBe(text)
    await page.context().setOffline(false)
    await page.getByText('The server does not answer').first().waitFor({ state: 'hidden' })
  })

  test('asks for the news once, in however many tabs it is', async () => {
    await using opened = await openPage(server.url, {}, browser)
    const context = opened.page.context()
    const asked: Page[] = []
    context.on('request', (request) => {
      if (request.url().includes('/trpc/data.news')) asked.push(request.frame().page())
    })
    for (let tab = 0; tab < 8; tab++) {
      const page = tab === 0 ? opened.page : await context.newPage()
      await page.goto(server.url)
      await shown(page)
    }
    expect(asked).toHaveLength(1)
    await asked[0]!.close()
    await expectSoon(() => asked.length).toBe(2)
  })

  test('tells of new polls, and shows them when that is wanted', async () => {
    await using own = await chainServer()
    await using opened = await open('/', {}, own)
    const { page } = opened
    await shown(page)
    await own.upload('store_id,status,timestamp_utc\nchicago-loop-01,active,2026-11-05 01:05:00 UTC\n')
    const news = page.locator('.bar.news')
    await news.waitFor()
    expect(await news.innerText()).toMatch(/^Polls until Thu 5 Nov 2026, 01:05 UTC/)
    expect(await page.locator('.screen-head').innerText()).toContain('As of Wed 4 Nov 2026, 20:00 UTC')
    await news.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByText('As of Thu 5 Nov 2026, 01:05 UTC').waitFor()
  })

  test('takes the first files of an empty database, and shows what they say', async () => {
    await using empty = await runningServer()
    await using opened = await open('/', {}, empty)
    const { page } = opened
    await page.getByRole('heading', { name: 'There are no polls yet' }).waitFor()
    await page
      .getByLabel('CSV files')
      .setInputFiles(
        ['timezones.csv', 'business_hours.csv', 'store_status.csv'].map((name) => join(chain, name)),
      )
    expect(await shown(page)).toContain('As of Wed 4 Nov 2026, 20:00 UTC')
  })
})
