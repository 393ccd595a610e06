import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { startChromium } from './chromium.ts'

export interface BrowserPage extends AsyncDisposable {
  readonly page: Page
  /** What the page complains of, or asks elsewhere; also what its policy refuses it. */
  readonly complaints: readonly string[]
}

/** A page of a browser of its own, or of a given one, which may only ask one server. */
export async function openPage(
  serverUrl: string,
  options: BrowserContextOptions = {},
  given?: Browser,
): Promise<BrowserPage> {
  await using parts = new AsyncDisposableStack()
  const browser = given ?? parts.adopt(await startChromium(), (browser) => browser.close())
  const context = parts.adopt(await browser.newContext(options), async (context) => {
    for (const page of context.pages()) await page.unrouteAll({ behavior: 'ignoreErrors' })
    await context.close()
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    const isOurs = request.url().startsWith(`${serverUrl}/`) || /^(?:data|blob):/.test(request.url())
    if (!isOurs) complaints.push(`${request.url()} is asked for`)
  })
  const owned = parts.move()
  return { page, complaints, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
