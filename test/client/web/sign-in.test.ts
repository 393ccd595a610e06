import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { madeKeys } from '../../support/access-keys.ts'
import { chromiumPath } from '../../support/chromium.ts'
import { runCli } from '../../support/run-cli.ts'
import { addressOf, expectSoon, pageScene, press, shown, type PageScene } from '../../support/page-scene.ts'

describe.skipIf(chromiumPath === undefined)('the page of a server that asks who one is', () => {
  let scene: PageScene
  let viewer = ''
  let operator = ''
  let ingester = ''
  beforeAll(async () => {
    scene = await pageScene()
    ;[viewer = '', operator = '', ingester = ''] = await madeKeys(scene.server.databaseUrl, [
      { name: 'ann', role: 'viewer' },
      { name: 'bob', role: 'operator' },
      { name: 'machine', role: 'ingester' },
    ])
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  test('is signed in to with a key, by keys alone, and shows what was asked for', async () => {
    await using opened = await scene.open('/stores?reach=90m')
    const { page } = opened
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await page.getByRole('navigation').count()).toBe(0)
    expect(await page.title()).toBe('Sign in – store-monitor')
    const field = page.getByLabel('Key')
    await expectSoon(() => page.evaluate('document.activeElement.name')).toBe('key')
    await page.keyboard.type('smk_wrong')
    await page.keyboard.press('Enter')
    await page.getByText('the key that was sent is none of this server').waitFor()
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    await page.keyboard.type(viewer) // over what was wrong
    expect(await page.getByRole('alert').innerText()).toBe('')
    await page.keyboard.press('Enter')
    await shown(page)
    expect(addressOf(page)).toBe('/stores?reach=90m')
    const head = page.getByRole('banner')
    await expectSoon(() => head.innerText()).toContain('ann (viewer)')

    await page.reload()
    await shown(page)
    await press(head.getByRole('button', { name: 'Sign out' }))
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(addressOf(page)).toBe('/stores?reach=90m')
    expect(await page.context().cookies()).toEqual([])
    // What a browser says by itself of answers that are errors.
    expect(opened.complaints.filter((text) => !text.includes('status of 401'))).toEqual([])
  })

  test('is signed out of in all tabs, also when the key was revoked', async () => {
    const [key = ''] = await madeKeys(scene.server.databaseUrl, [{ name: 'leaving' }])
    await using opened = await scene.open('/')
    const { page } = opened
    const other = await page.context().newPage()
    await other.goto(scene.server.url)
    const enter = async () => {
      await page.getByLabel('Key').fill(key)
      await page.keyboard.press('Enter')
      await shown(page)
      await other.bringToFront()
      await shown(other)
    }
    await enter()
    await press(other.getByRole('button', { name: 'Sign out' }))
    for (const tab of [page, other]) await tab.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.bringToFront()
    await enter()
    await runCli(['keys', 'revoke', 'leaving', '--database', scene.server.databaseUrl])
    for (const tab of [page, other]) await tab.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(addressOf(page)).toBe('/')
  })

  test('offers what the role may do, and no more', async () => {
    await using opened = await scene.open('/data')
    const { page } = opened
    const signInAs = async (key: string) => {
      await page.getByLabel('Key').fill(key)
      await page.keyboard.press('Enter')
    }
    const offered = async () => {
      const found: string[] = []
      await page.getByRole('heading', { name: 'Changes' }).waitFor()
      if ((await page.getByText('Drop CSV files here').count()) > 0) found.push('import')
      await page.goto(`${scene.server.url}/stores/chicago-loop-01`)
      await page.getByRole('heading', { name: 'Corrections' }).waitFor()
      await page.getByRole('button', { name: 'Sign out' }).waitFor()
      if ((await page.getByRole('button', { name: 'Correct …' }).count()) > 0) found.push('correct')
      await page.goto(`${scene.server.url}/reports`)
      await page.getByRole('row', { name: 'as of' }).first().waitFor()
      await page.getByRole('button', { name: 'Sign out' }).waitFor()
      if ((await page.getByRole('button', { name: 'Delete' }).count()) > 0) found.push('delete')
      return found
    }
    await signInAs(viewer)
    expect(await offered()).toEqual([])
    await press(page.getByRole('button', { name: 'Sign out' }))
    await signInAs(operator)
    await page.getByRole('heading', { name: 'Reports' }).waitFor()
    await press(page.getByRole('link', { name: 'Data' }))
    expect(await offered()).toEqual(['import', 'correct', 'delete'])
    await press(page.getByRole('button', { name: 'Sign out' }))
    await signInAs(ingester)
    await page.getByRole('heading', { name: 'Nothing to see here' }).waitFor()
    await press(page.getByRole('button', { name: 'Sign out' }))
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })
})
