import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { openPage } from '../support/browser-page.ts'
import { chromiumPath } from '../support/chromium.ts'
import { finishedReport, runningServer } from '../support/running-server.ts'

const polls = 'store_id,status,timestamp_utc\na,active,2023-01-24 10:00:00 UTC\n'

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
