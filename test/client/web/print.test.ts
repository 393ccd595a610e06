import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath } from '../../support/chromium.ts'
import { expectSoon, pageScene, shown, type PageScene } from '../../support/page-scene.ts'

/** A4 with usual margins, at the 96 pixels an inch of the style. */
const paper = { width: 718, height: 1047 }

/** Elements that are wider than the paper, or texts of one figure that are on two lines. */
const broken = `[
  ...[...document.querySelectorAll('main *')].filter((element) => element.getBoundingClientRect().right > ${paper.width + 1}),
  ...[...document.querySelectorAll('time, .number, .figures strong')].filter((element) => element.getClientRects().length > 1),
].map((element) => element.outerHTML.slice(0, 200))`

describe.skipIf(chromiumPath === undefined)('the page, on paper', () => {
  let scene: PageScene
  beforeAll(async () => {
    scene = await pageScene()
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  test.for([
    ['/?as_of=2026-11-02T12:00:00Z&reach=90m', '.figures'],
    ['/stores?as_of=2026-11-02T12:00:00Z&reach=90m', '.grid-row[data-row]'],
    ['/stores/nashville-broadway-01?as_of=2026-11-02T12:00:00Z&reach=90m', '#trend'],
  ] as const)('%s has its viewpoint in the head, and its figures in one piece', async ([path, ready]) => {
    await using opened = await scene.open(path, { colorScheme: 'dark' })
    const { page } = opened
    await page.locator(ready).first().waitFor()
    if (path.startsWith('/stores/')) await page.locator('main[aria-busy=false]').waitFor()
    else await shown(page)
    await page.setViewportSize(paper)
    await page.emulateMedia({ media: 'print' })
    await page.evaluate("dispatchEvent(new Event('beforeprint'))")
    await expectSoon(() => page.locator('.bar.viewed').innerText()).toBe(
      'As of Mon 2 Nov 2026, 12:00 UTC · Reach 90m',
    )
    await expectSoon(() => page.evaluate<string[]>(broken)).toEqual([])
    for (const unneeded of ['nav', 'footer', '.tools', 'main button:not(.grid-head button)']) {
      for (const element of await page.locator(unneeded).all()) expect(await element.isVisible()).toBe(false)
    }
    const paperColour = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(paperColour).toBe('rgb(255, 255, 255)')
  })

  test('has all rows of the list, and not only those in view', async () => {
    await using opened = await scene.open('/stores', { viewport: { width: 1280, height: 700 } })
    const { page } = opened
    await shown(page)
    expect(await page.locator('.grid-row[data-row]').count()).toBeLessThan(42)
    await page.emulateMedia({ media: 'print' })
    await page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(await page.locator('.grid-row[data-row]').count()).toBe(42)
    await page.emulateMedia({ media: 'screen' })
    await page.evaluate("dispatchEvent(new Event('afterprint'))")
    await expectSoon(() => page.locator('.grid-row[data-row]').count()).toBeLessThan(42)
  })
})
