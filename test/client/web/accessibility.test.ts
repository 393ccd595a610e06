import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath } from '../../support/chromium.ts'
import { pageScene, press, type PageScene } from '../../support/page-scene.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const screens = [
  { name: 'overview', path: '/', ready: '.figures' },
  { name: 'stores', path: '/stores', ready: '.grid-row[data-row]' },
  { name: 'a store', path: '/stores/chicago-loop-01?other_reach=90m', ready: '.timeline' },
  { name: 'reports', path: '/reports', ready: 'main h1' },
  { name: 'a month', path: '/month', ready: '#cost' },
  { name: 'alerts', path: '/alerts', ready: '#messages' },
  { name: 'data', path: '/data', ready: '.finding' },
  { name: 'another viewpoint', path: '/?reach=90m&as_of=2026-11-02T12:00:00Z', ready: '.figures' },
  { name: 'no such store', path: '/stores/nowhere', ready: '[role=alert]' },
  { name: 'what is wrong', path: '/?reach=forever', ready: '[role=alert]' },
] as const

const looks = [
  { look: 'light', options: { colorScheme: 'light' } },
  { look: 'dark', options: { colorScheme: 'dark' } },
  { look: '390 px', options: { viewport: { width: 390, height: 844 } } },
] as const

/** What axe finds of WCAG A, AA and its best practice, each with where. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const { violations } = await page.evaluate<AxeResults>(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
  )
}

/** Of `rgb(…)` texts: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (light! + 0.05) / (dark! + 0.05)
}

function luminance(colour: string): number {
  const [red, green, blue] = colour
    .match(/\d+/g)!
    .map((part) => Number(part) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

describe.skipIf(chromiumPath === undefined)('the page, to who does not see or point', () => {
  let scene: PageScene
  beforeAll(async () => {
    scene = await pageScene()
    for await (const _ of scene.client.runReport()) continue
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  test.for(looks)('$look: nothing is found', async ({ options }) => {
    await using opened = await scene.open('/', options)
    const { page } = opened
    const found: Record<string, string[]> = {}
    for (const { name, path, ready } of screens) {
      await page.goto(scene.server.url + path)
      await page.locator(ready).first().waitFor()
      await page.locator('main[aria-busy=true]').waitFor({ state: 'detached' })
      found[name] = await violationsOf(page)
    }
    expect(found).toEqual(Object.fromEntries(screens.map(({ name }) => [name, []])))
  })

  test.for(looks)('$look: nothing is found where there are no polls', async ({ options }) => {
    await using empty = await pageScene({ files: [] })
    await using opened = await empty.open('/', options)
    await opened.page.getByRole('heading', { name: 'There are no polls yet' }).waitFor()
    expect(await violationsOf(opened.page)).toEqual([])
  })

  test.for(looks)('$look: nothing is found in dialogs', async ({ options }) => {
    await using opened = await scene.open('/stores/chicago-loop-01', options)
    const { page } = opened
    for (const opener of ['Correct …', 'Viewpoint …', 'Keys']) {
      await press(page.getByRole('button', { name: opener }))
      expect(await violationsOf(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await page.goto(`${scene.server.url}/reports`)
    await press(page.getByRole('button', { name: 'New report …' }))
    expect(await violationsOf(page)).toEqual([])
  })

  test.for(['light', 'dark'] as const)(
    'down stands out against all other states: %s',
    async (colorScheme) => {
      await using opened = await scene.open('/', { colorScheme })
      const colours = await opened.page.evaluate<Record<string, string>>(`(() => {
      const probe = document.body.appendChild(document.createElement('i'))
      const colourOf = (name) => ((probe.style.color = 'var(--' + name + ')'), getComputedStyle(probe).color)
      return Object.fromEntries(['down', 'up', 'unknown-ground', 'closed', 'paper'].map((name) => [name, colourOf(name)]))
    })()`)
      const { down, ...others } = colours
      const tooNear = Object.entries(others).filter(([, colour]) => contrast(down!, colour) < 3)
      expect(Object.keys(others)).toContain('up')
      expect(tooNear).toEqual([])
    },
  )

  test('what is wrong would be found', async () => {
    await using opened = await scene.open('/')
    const { page } = opened
    await page.locator('.figures').waitFor()
    await page.evaluate(
      "document.querySelector('main').append(document.createElement('input'), Object.assign(document.createElement('img'), { src: 'data:,' }))",
    )
    const found = (await violationsOf(page)).map((violation) => violation.split(' ')[0])
    expect(found).toEqual(expect.arrayContaining(['label', 'image-alt']))
  })
})
