import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { chromiumPath, startChromium } from '../support/chromium.ts'
import { finishedReport, runningServer } from '../support/running-server.ts'

const polls = 'store_id,status,timestamp_utc\na,active,2023-01-24 10:00:00 UTC\n'

/** A page of a browser, and whatever it complains of or asks elsewhere. */
async function openPage(serverUrl: string) {
  await using parts = new AsyncDisposableStack()
  const browser = parts.adopt(await startChromium(), (browser) => browser.close())
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`))
  page.on('request', (request) => {
    const isOurs = request.url().startsWith(`${serverUrl}/`) || request.url().startsWith('data:')
    if (!isOurs) complaints.push(`${request.url()} is asked for`)
  })
  const owned = parts.move()
  return { page, complaints, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Expands an operation of the documentation, executes it and returns what the page shows of the answer. */
async function execute(page: Page, operation: string, reportId?: string): Promise<string> {
  const block = page.locator(`[id$="-${operation}"]`)
  await block.locator('.opblock-summary-control').click()
  if (reportId !== undefined) await block.getByPlaceholder('report_id').fill(reportId)
  await block.locator('.execute').click()
  const answer = await block.locator('.live-responses-table .response').textContent()
  return answer!.replaceAll(/\s+/g, ' ')
}

describe.skipIf(chromiumPath === undefined)('in a browser without internet', () => {
  test('operations can be tried at /docs and /api/docs', async () => {
    await using server = await runningServer()
    await server.upload(polls)
    const id = (await finishedReport(server.url))['report_id'] as string
    await using browser = await openPage(server.url)
    const { page } = browser
    await page.goto(`${server.url}/docs`)
    expect(await execute(page, 'triggerReport')).toMatch(/^200.*"status": "Running"/)
    expect(await execute(page, 'getReport', id)).toMatch(/^200.*"status": "Complete"/)
    expect(await execute(page, 'downloadReportCsv', id)).toMatch(/^200.*Download file.*text\/csv/)
    await page.goto(`${server.url}/api/docs`)
    expect(await execute(page, 'listReports')).toMatch(/^200.*"items"/)
    expect(browser.complaints).toEqual([])
  })

  test('the front page is shown as it was designed, and leads on', async () => {
    await using server = await runningServer()
    await using browser = await openPage(server.url)
    await browser.page.goto(server.url)
    const colour = await browser.page.evaluate(
      'getComputedStyle(document.querySelector("pre")).backgroundColor',
    )
    expect(colour).toBe('rgb(244, 247, 249)')
    for (const link of await browser.page.locator('a').all()) {
      const { status } = await fetch(new URL((await link.getAttribute('href'))!, server.url))
      expect(status).toBe(200)
    }
    expect(browser.complaints).toEqual([])
  })
})

test('the page loads nothing from elsewhere and runs no script but its own', async () => {
  await using server = await runningServer()
  for (const path of ['/docs', '/docs/', '/api/docs', '/api/docs/']) {
    const response = await fetch(server.url + path)
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    )
    const page = await response.text()
    const addresses = Array.from(page.matchAll(/(?:src|href)="([^"]*)"/g), ([, address]) => address!)
    expect(addresses).toContain('/docs/swagger-ui-bundle.js')
    for (const address of addresses.filter((address) => !address.startsWith('data:'))) {
      expect(address).toMatch(/^\/docs\//)
      expect((await fetch(server.url + address)).status).toBe(200)
    }
  }
})
