import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { providerReturnPath } from '../../../shared/way-in.ts'
import { madeKeys } from '../../support/access-keys.ts'
import { openPage } from '../../support/browser-page.ts'
import { chromiumPath } from '../../support/chromium.ts'
import { curl } from '../../support/curl.ts'
import { identityProvider } from '../../support/identity-provider.ts'
import { runCli } from '../../support/run-cli.ts'
import { addressOf, expectSoon, pageScene, press, shown, type PageScene } from '../../support/page-scene.ts'
import { runningServer } from '../../support/running-server.ts'

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

  test('a key that is being written stays while another tab learns that the server asks', async () => {
    await using opened = await scene.open('/')
    const { page } = opened
    await page.getByLabel('Key').fill('smk_begun')
    const other = await page.context().newPage()
    // The refusal of the news is to come before that of what the screen asks for.
    await other.route(/\/trpc\/(?!session|data\.news)/, () => undefined)
    const refused = other.waitForResponse(/\/trpc\/data\.news/)
    await other.goto(scene.server.url)
    await other.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect((await refused).status()).toBe(401)
    await other.evaluate('fetch("/session")')
    await page.evaluate('fetch("/session")')
    expect(await page.getByLabel('Key').inputValue()).toBe('smk_begun')
  })

  test('an answer of before one signed in, come late to another tab, signs nobody out', async () => {
    await using opened = await scene.open('/')
    const { page } = opened
    const other = await page.context().newPage()
    await page.getByLabel('Key').fill(viewer)
    await page.keyboard.press('Enter')
    await page.bringToFront()
    await shown(page)
    await other.route(/\/trpc\/(session\.read|data\.news)/, async (route) => {
      const { status, headers, text } = await curl(`curl '${route.request().url()}'`)
      await route.fulfill({ status, contentType: String(headers['content-type']), body: text })
    })
    await other.goto(scene.server.url)
    // As if it were behind others: then another tab asks for the news.
    await page.evaluate(`Object.defineProperty(document, 'hidden', { get: () => true })`)
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`)
    const asked = page.waitForResponse(/session\.read/)
    await other.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect((await asked).status()).toBe(200)
    await expectSoon(() => page.getByRole('banner').innerText()).toContain('ann (viewer)')
    expect(await page.getByRole('heading', { name: 'Sign in' }).count()).toBe(0)
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

  test('is signed in to at a provider, in all tabs, and shows what was asked for', async () => {
    await using provider = await identityProvider()
    await using server = await runningServer({ oidc: provider.setting() })
    provider.register(server.url + providerReturnPath)
    provider.know('ann', { groups: ['staff'], email: 'ann@soup.example', email_verified: true })
    await using opened = await openPage(server.url, {}, scene.browser)
    const { page } = opened
    const other = await page.context().newPage()
    await other.goto(`${server.url}/data`)
    await other.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.bringToFront()
    await page.goto(`${server.url}/stores?reach=90m`)
    const link = page.getByRole('link', { name: 'Sign in with Soup' })
    await link.waitFor()
    await expectSoon(() => page.evaluate('document.activeElement.textContent')).toBe('Sign in with Soup')
    expect(await page.getByLabel('Key').count()).toBe(1)

    await page.keyboard.press('Enter')
    await page.getByLabel('Name').fill('eve')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor()
    await page.getByText('the claim "groups" is missing').waitFor()
    expect(await page.evaluate('getComputedStyle(document.body).maxWidth')).not.toBe('none') // by its policy
    await press(page.getByRole('link', { name: 'Back to signing in' }))
    await link.waitFor()

    await page.context().clearCookies({ name: /^_/ }) // who is known there is not asked again
    await page.goto(`${server.url}/stores?reach=90m`)
    await press(link)
    await page.getByLabel('Name').fill('ann')
    await page.keyboard.press('Enter')
    await expectSoon(() => page.getByRole('banner').innerText()).toContain('ann@soup.example (operator)')
    expect(addressOf(page)).toBe('/stores?reach=90m')
    await expectSoon(() => other.getByRole('banner').innerText()).toContain('ann@soup.example (operator)')
    expect(addressOf(other)).toBe('/data')
    await press(page.getByRole('button', { name: 'Sign out' }))
    for (const tab of [page, other]) await tab.getByRole('heading', { name: 'Sign in' }).waitFor()
  })
})
