import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath } from '../../support/chromium.ts'
import { addressOf, expectSoon, pageScene, press, shown, type PageScene } from '../../support/page-scene.ts'

describe.skipIf(chromiumPath === undefined)('the page, without a mouse', () => {
  let scene: PageScene
  beforeAll(async () => {
    scene = await pageScene()
    await scene.server.upload(
      'store_id,name,city\nchicago-loop-01,Loop,Chicago\nboston-seaport-01,Seaport,Boston\n',
    )
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  test('is used without a mouse', async () => {
    await using opened = await scene.open('/')
    const { page } = opened
    const { keyboard } = page
    const focused = () => page.evaluate<string>('document.activeElement.textContent')
    await shown(page)
    await keyboard.press('Tab')
    expect(await focused()).toBe('Skip to content')
    await keyboard.press('[')
    await expectSoon(() => addressOf(page)).toBe('/?as_of=2026-11-03T20:00:00Z')
    await keyboard.press('[')
    await keyboard.press(']')
    await expectSoon(() => addressOf(page)).toBe('/?as_of=2026-11-03T20:00:00Z')
    await keyboard.press('.')
    await expectSoon(() => addressOf(page)).toBe('/')
    await keyboard.press('?')
    expect(await page.getByRole('dialog', { name: 'Keys' }).isVisible()).toBe(true)
    await keyboard.press('Escape')
    await keyboard.press('c')
    expect(await page.evaluate('document.activeElement.name')).toBe('compare')
    await keyboard.press('ArrowDown')
    await page.getByLabel('Reach').fill('90m')
    await keyboard.press('Enter')
    await expectSoon(() => addressOf(page)).toBe('/?reach=90m&compare=1d')
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
    await expectSoon(() => addressOf(page)).toBe('/stores?reach=90m&compare=1d&q=new+york')
  })

  test('goes through the rows by j and k, beyond those that are in view, and opens one by Enter', async () => {
    await using opened = await scene.open('/stores', { viewport: { width: 1280, height: 700 } })
    const { page } = opened
    const report = await scene.client.report.ensure.mutate({})
    for await (const _ of scene.client.watchReport(report.reportId)) continue
    const { items } = await scene.client.report.rows.query({ reportId: report.reportId })
    await shown(page)
    for (let step = 0; step < items.length + 5; step++) await page.keyboard.press('j')
    await page.keyboard.press('k')
    const { storeId } = items.at(-2)!
    await expectSoon(() => page.evaluate('document.activeElement.textContent')).toContain(storeId)
    await page.keyboard.press('Enter')
    await expectSoon(() => addressOf(page)).toBe(`/stores/${storeId}`)
    await page.goBack()
    await shown(page)
  })

  test.for(['/', '/stores/chicago-loop-01', '/reports', '/data'])('searches from %s by /', async (path) => {
    await using opened = await scene.open(`${path}?reach=90m`)
    const { page } = opened
    await page.getByRole('heading', { level: 1 }).waitFor()
    for (const modified of ['Control+/', 'Alt+/', 'Meta+/']) await page.keyboard.press(modified)
    expect(addressOf(page)).toBe(`${path}?reach=90m`)
    await page.keyboard.press('/')
    await expectSoon(() => page.evaluate('document.activeElement.type')).toBe('search')
    await page.keyboard.type('loop')
    await expectSoon(() => addressOf(page)).toBe('/stores?reach=90m&q=loop')
    await page.keyboard.press('Tab')
    await page.keyboard.press('/')
    await page.keyboard.type('sea')
    await expectSoon(() => addressOf(page)).toBe('/stores?reach=90m&q=sea')
  })

  test('goes through all tables of a screen by j and k', async () => {
    for await (const _ of scene.client.runReport({ reach: '91m' })) continue
    await using opened = await scene.open('/reports')
    const { page } = opened
    await page.getByRole('row', { name: 'reach 91m' }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await expectSoon(() => addressOf(page)).toBe('/?as_of=2026-11-04T20:00:00Z&reach=91m')
    await shown(page)
    await page.getByRole('button', { name: 'All 13' }).waitFor()
    const zones = page.getByRole('region', { name: 'Time zones' })
    const last = page.getByRole('region', { name: 'Groups' }).getByRole('link').last()
    await last.waitFor()
    await page.keyboard.press('k')
    await expectSoon(() => page.evaluate('document.activeElement.textContent')).toBe(await last.textContent())
    await press(zones.getByRole('button', { name: 'All 13' }))
    expect(await zones.getByRole('row').count()).toBe(14)
  })

  test('chooses a window, and follows a figure, a bar, a zone and a group to their stores', async () => {
    await using opened = await scene.open('/')
    const { page } = opened
    await shown(page)
    await press(page.getByRole('radio', { name: 'week' }), 'ArrowLeft')
    await expectSoon(() => addressOf(page)).toBe('/?window=LastDay')
    await shown(page)
    const ways = [
      [
        page.locator('.figures').getByRole('link', { name: 'Down now' }),
        /&now=down&sort=downMs&order=descending$/,
      ],
      [page.getByRole('link', { name: '80–90 %' }), /&uptime=80\.\.90$/],
      [page.getByRole('link', { name: 'America/Chicago' }), /&zone=America\/Chicago$/],
      [page.getByRole('link', { name: 'Boston' }), /&group=city=Boston$|\?group=city=Boston&window=LastDay$/],
    ] as const
    for (const [link, address] of ways) {
      await press(link)
      await expectSoon(() => addressOf(page)).toMatch(address)
      expect(addressOf(page)).toContain('window=LastDay')
      await shown(page)
      await page.goBack()
      await shown(page)
    }
    await press(page.getByText(/^The data check found/))
    await page.getByText('no file has any').waitFor()
  })

  test('sorts by a column, filters and goes to a row, all of which the address has', async () => {
    await using opened = await scene.open('/stores', { viewport: { width: 1280, height: 700 } })
    const { page } = opened
    await shown(page)
    const head = page.getByRole('columnheader', { name: 'Down' })
    await press(head.getByRole('button'))
    await expectSoon(() => addressOf(page)).toBe('/stores?sort=downtimeLastWeekMs&order=descending')
    await press(head.getByRole('button'))
    await expectSoon(() => addressOf(page)).toBe('/stores?sort=downtimeLastWeekMs')
    expect(await head.getAttribute('aria-sort')).toBe('ascending')
    await page.getByLabel('Go to row').focus()
    await page.keyboard.type('42')
    await page.keyboard.press('Enter')
    await expectSoon(() => page.locator('.go').innerText()).toMatch(/–42 of 42/)
    // The list itself has the focus then, and is scrolled by keys.
    await page.keyboard.press('Home')
    await expectSoon(() => page.locator('.go').innerText()).toMatch(/^1–/)

    await press(page.getByLabel('Uptime', { exact: true }), 'ArrowDown')
    await expectSoon(() => addressOf(page)).toBe('/stores?uptime=0..50&sort=downtimeLastWeekMs')
    await press(page.getByRole('button', { name: 'All stores' }))
    await expectSoon(() => page.locator('.sum').innerText()).toMatch(/^42 stores/)
    await press(page.getByRole('checkbox', { name: 'Down' }), 'Space')
    await expectSoon(() => addressOf(page)).toBe('/stores?now=down&sort=downtimeLastWeekMs')
    await press(page.getByRole('checkbox', { name: 'Down' }), 'Space')
    await page.getByRole('option', { name: 'America/Anchorage' }).waitFor({ state: 'attached' })
    await press(page.getByLabel('Time zone'), 'ArrowDown')
    await expectSoon(() => addressOf(page)).toBe('/stores?zone=America/Anchorage&sort=downtimeLastWeekMs')
    await press(page.getByRole('button', { name: 'All stores' }))
    await press(page.getByLabel('Label'), 'ArrowDown')
    await page.getByRole('option', { name: 'Boston' }).waitFor({ state: 'attached' })
    await press(page.getByLabel('Group'), 'ArrowDown')
    await expectSoon(() => addressOf(page)).toBe('/stores?group=city=Boston&sort=downtimeLastWeekMs')
    await expectSoon(() => page.locator('.sum').innerText()).toMatch(/^1 store/)
  })

  test('stays at the row that was gone to while another order is on its way', async () => {
    await using opened = await scene.open('/stores', { viewport: { width: 1280, height: 700 } })
    const { page } = opened
    await shown(page)
    const sorted = Promise.withResolvers<void>()
    await page.route(/trpc\/report\.rows\?.*downtimeLastWeekMs/, async (route) => {
      await sorted.promise
      await route.continue()
    })
    await page.getByLabel('Go to row').fill('30')
    await page.keyboard.press('Enter')
    await expectSoon(() => page.locator('.go').innerText()).not.toMatch(/^1–/)
    await press(page.getByRole('columnheader', { name: 'Down' }).getByRole('button'))
    await expectSoon(() => page.locator('.go').innerText()).toMatch(/^1–/)
    await page.getByLabel('Go to row').fill('42')
    await page.keyboard.press('Enter')
    await expectSoon(() => page.locator('.go').innerText()).toMatch(/–42 of 42/)
    sorted.resolve()
    await shown(page)
    expect(await page.locator('.go').innerText()).toMatch(/–42 of 42/)
  })

  test('shows how far a report is, and cancels it', async () => {
    for await (const _ of scene.client.runReport({ reach: '92m' })) continue
    await using opened = await scene.open(undefined)
    const { page } = opened
    // As it is while many stores are computed.
    await page.route('**/trpc/report.list?*', async (route) => {
      const answer = await route.fetch()
      const text = await answer.text()
      await route.fulfill({
        response: answer,
        body: text
          .replace('"state":"complete"', '"state":"running"')
          .replace(/"progress":\{[^}]*\}/, '"progress":{"storesDone":12,"storesTotal":42}'),
      })
    })
    await page.goto(`${scene.server.url}/reports`)
    const line = page.getByRole('row', { name: 'reach 92m' })
    await line.getByText('12 of 42').waitFor()
    expect(await line.getByRole('progressbar').getAttribute('value')).toBe('12')
    const [asked] = await Promise.all([
      page.waitForRequest('**/trpc/report.cancel'),
      press(line.getByRole('button', { name: 'Cancel' })),
    ])
    const [report] = (await scene.client.report.list.query({ limit: 1 })).items
    expect(asked.postDataJSON()).toEqual({ reportId: report!.reportId })
  })
})
