import { describe, expect, test } from 'vitest'
import { isPagePath, wantsPage } from '../../../server/api/web/page-request.ts'

describe('a page is answered to', () => {
  test.each([
    ['Chromium', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'],
    ['Firefox', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['who asks for HTML', 'text/html'],
  ])('%s', (_, accept) => expect(wantsPage(accept)).toBe(true))
})

describe('programs are answered as ever:', () => {
  test.each([
    ['curl', '*/*'],
    ['who says nothing', undefined],
    ['axios', 'application/json, text/plain, */*'],
    ['who takes both', 'application/json, text/html;q=0.9'],
    ["Java's own", 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2'],
    ['who does not want HTML', 'text/html;q=0, */*'],
  ])('%s', (_, accept) => expect(wantsPage(accept)).toBe(false))
})

test('the addresses of the page are its screens, and not what only programs ask for', () => {
  for (const path of ['/', '/stores', '/stores/a b', '/reports', '/alerts', '/data'])
    expect(isPagePath(path)).toBe(true)
  for (const path of ['/stores/a/timeline', '/reports/x.csv', '/health', '/docs', '/outages', '/imports']) {
    expect(isPagePath(path)).toBe(false)
  }
})
