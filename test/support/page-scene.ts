import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { createStoreMonitorClient, type StoreMonitorClient } from '../../client/index.ts'
import { openPage, type BrowserPage } from './browser-page.ts'
import { startChromium } from './chromium.ts'
import { runningServer, type RunningServerSetting, type TestServer } from './running-server.ts'

export const chainFiles: readonly string[] = ['timezones.csv', 'business_hours.csv', 'store_status.csv'].map(
  (name) => join(import.meta.dirname, '../../examples/chain', name),
)

/** A server with the chain of the examples, or other files, and a browser that looks at its page. */
export interface PageScene extends AsyncDisposable {
  readonly server: TestServer
  readonly browser: Browser
  readonly client: StoreMonitorClient
  /** A page at a path; nowhere yet, without one. */
  open(path: string | undefined, options?: Parameters<typeof openPage>[1]): Promise<BrowserPage>
}

export async function pageScene({
  files = chainFiles,
  ...setting
}: { files?: readonly string[] } & Pick<
  RunningServerSetting,
  'alerts' | 'environment'
> = {}): Promise<PageScene> {
  await using parts = new AsyncDisposableStack()
  const browser: Browser = parts.adopt(await startChromium(), (started) => started.close())
  const server = parts.use(await runningServer(setting))
  for (const file of files) await server.uploadFile(file)
  const owned = parts.move()
  return {
    server,
    browser,
    client: createStoreMonitorClient({ url: server.url }),
    async open(path, options = {}) {
      const opened = await openPage(server.url, options, browser)
      if (path !== undefined) await opened.page.goto(server.url + path)
      return opened
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** What a click does, without a mouse. */
export async function press(control: Locator, key = 'Enter'): Promise<void> {
  await control.focus()
  await control.press(key)
}

/** What comes to be true, however busy the machine is. */
export function expectSoon<Value>(
  value: () => Value | Promise<Value>,
): ReturnType<typeof expect.poll<Value>> {
  return expect.poll(value, { timeout: 30_000 })
}

/** What is looked at, as the address has it. */
export function addressOf(page: Page): string {
  const { pathname, search } = new URL(page.url())
  return decodeURIComponent(pathname + search)
}

/** The text of what the overview, or the list of stores, shows once it is there. */
export async function shown(page: Page, selector = 'main'): Promise<string> {
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
