import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { createStoreMonitorClient, type StoreMonitorClient } from '../../client/index.ts'
import { openPage, type BrowserPage } from './browser-page.ts'
import { startChromium } from './chromium.ts'
import { runningServer, type TestServer } from './running-server.ts'

const chain = join(import.meta.dirname, '../../examples/chain')

/** A server with the chain of the examples, and a browser that looks at its page. */
export interface PageScene extends AsyncDisposable {
  readonly server: TestServer
  readonly client: StoreMonitorClient
  open(path: string, options?: Parameters<typeof openPage>[1]): Promise<BrowserPage>
}

export async function pageScene(): Promise<PageScene> {
  await using parts = new AsyncDisposableStack()
  const browser: Browser = parts.adopt(await startChromium(), (started) => started.close())
  const server = parts.use(await runningServer())
  for (const name of ['timezones.csv', 'business_hours.csv', 'store_status.csv']) {
    await server.uploadFile(join(chain, name))
  }
  const owned = parts.move()
  return {
    server,
    client: createStoreMonitorClient({ url: server.url }),
    async open(path, options = {}) {
      const opened = await openPage(server.url, options, browser)
      await opened.page.goto(server.url + path)
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
