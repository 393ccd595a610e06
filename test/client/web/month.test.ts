import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { datesOf, monthAfter, monthInWords } from '../../../client/web/screens/month/months.ts'
import { chromiumPath } from '../../support/chromium.ts'
import { addressOf, expectSoon, pageScene, press, type PageScene } from '../../support/page-scene.ts'

test('months follow each other, and have dates', () => {
  expect(monthAfter('2026-12', 1)).toBe('2027-01')
  expect(monthAfter('2026-01', -1)).toBe('2025-12')
  expect(monthAfter('2026-03', 0)).toBe('2026-03')
  expect(datesOf('2024-02')).toEqual({ since: '2024-02-01', until: '2024-02-29' })
  expect(monthInWords('2026-10')).toBe('October 2026')
})

describe.skipIf(chromiumPath === undefined)('the page of a month', () => {
  let scene: PageScene
  const store = 'chicago-loop-01'
  beforeAll(async () => {
    scene = await pageScene()
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  test('says what is to be done where nothing is promised, and nothing is known of what stores take', async () => {
    await using opened = await scene.open('/month')
    const { page } = opened
    await page.getByRole('heading', { name: 'November 2026' }).waitFor()
    await page.getByText('Of no store an uptime is promised').waitFor()
    await page.getByText('What stores take is not known').waitFor()
    expect(opened.complaints).toEqual([])
  })

  test('says where the latest month cannot be told, and asks for it again', async () => {
    await using opened = await scene.open(undefined)
    const { page } = opened
    await page.route('**/trpc/health', (route) => route.fulfill({ status: 502, body: 'Bad gateway' }))
    await page.goto(`${scene.server.url}/month`)
    const failed = page.getByRole('alert').filter({ hasText: 'The server does not answer' })
    await failed.first().waitFor()
    expect(await page.getByText('Loading …').count()).toBe(0)
    await page.unroute('**/trpc/health')
    await press(failed.getByRole('button', { name: 'Try again' }).first())
    await page.getByRole('heading', { name: 'November 2026' }).waitFor()
  })

  test('shows where stores stand, and what they lost, those first with the most; and a store what it lost', async () => {
    const { client } = scene
    const rules = { rules: [{ condition: 'budget' as const, target: 99 }] }
    await client.alertRule.set.mutate({ rules })
    await client.store.setRevenue.mutate({ storeId: store, perHour: 100, currency: 'USD' })
    const [most] = (await client.slo.list.query({ month: '2026-10', sortBy: 'spent', limit: 1 })).items
    await using opened = await scene.open('/month?month=2026-10')
    const { page } = opened
    const promised = page.getByRole('group', { name: 'Downtime that was promised' }).locator('tbody tr')
    await promised.first().waitFor()
    await expectSoon(() => promised.first().innerText()).toMatch(/^42 stores of which \d+ are over\s+99 %/)
    expect(await promised.nth(1).innerText()).toContain(most!.storeId)
    expect(await promised.nth(1).innerText()).toContain(most!.spentPercent.toFixed(0).slice(-3))

    await press(page.getByRole('button', { name: 'Month after' }))
    expect(addressOf(page)).toBe('/month')
    const [lost] = (
      await client.sales.atRisk.query({ since: '2026-11-01', until: '2026-11-30', sortBy: 'most', limit: 1 })
    ).items
    expect(lost).toMatchObject({ storeId: store, currency: 'USD' })
    await page.getByRole('rowheader', { name: '1 store that was down', exact: true }).waitFor()
    const cost = page
      .getByRole('group', { name: 'Sales at risk' })
      .locator('tbody tr')
      .filter({ hasText: store })
    await expectSoon(() => cost.innerText()).toMatch(/USD [\d,.]+ to [\d,.]+\s.*what is said of it/s)
    await press(cost.getByRole('link'))
    const ofStore = page.locator('section', { has: page.getByRole('heading', { name: 'Sales at risk' }) })
    await expectSoon(() => ofStore.innerText()).toMatch(
      /USD [\d,.]+ to [\d,.]+, most likely [\d,.]+ by what is said/,
    )
    expect(opened.complaints).toEqual([])
  })

  test('refuses what is no month, and one that is to come', async () => {
    await using opened = await scene.open('/month?month=soon', { viewport: { width: 390, height: 844 } })
    const { page } = opened
    await page.getByText('"soon" is no month: write YYYY-MM').waitFor()
    await page.goto(`${scene.server.url}/month?month=2027-03`)
    await page.getByText('2027-03 had not begun at the latest poll').waitFor()
    // All screens are reached without going sideways.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  })
})
