import { expect, test } from 'vitest'
import { readConfig } from '../server/config.ts'

test('where callers reach the API is said by PUBLIC_URL, and by each request where it is not', () => {
  expect(readConfig({ PUBLIC_URL: 'https://monitor.example.org' }).publicUrl).toBe(
    'https://monitor.example.org',
  )
  expect(readConfig({}).publicUrl).toBeUndefined()
})

test.for([
  ['monitor.example.org', /PUBLIC_URL\) is "monitor\.example\.org": write a URL such as https:/],
  ['ftp://monitor.example.org', /write a URL such as https:/],
  ['https://example.org/monitor/', /no path can stand before those of the API/],
] as const)('a PUBLIC_URL of %s is refused', ([url, message]) => {
  expect(() => readConfig({ PUBLIC_URL: url })).toThrow(message)
})

test('what GET /get_report answers is said by GET_REPORT_AS, and is JSON where it is not', () => {
  expect(readConfig({}).getReportAs).toBe('json')
  expect(readConfig({ GET_REPORT_AS: 'csv' }).getReportAs).toBe('csv')
  expect(() => readConfig({ GET_REPORT_AS: 'xml' })).toThrow(/GET_REPORT_AS\) is "xml": write json or csv/)
})
