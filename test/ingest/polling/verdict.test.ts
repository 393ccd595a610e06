import { describe, expect, test } from 'vitest'
import type { Rule } from '../../../server/config-file/poller-setting.ts'
import { verdictOf } from '../../../server/ingest/polling/verdict.ts'

const active = { isActive: true }
const inactive = { isActive: false }
const none = (reason: string, message: RegExp) => ({
  reason,
  message: expect.stringMatching(message) as string,
})

describe('by status', () => {
  const rule: Rule = { status: { 200: 'active', 404: 'inactive', '4xx': 'none', '3xx': 'inactive' } }
  test.each([
    [200, active],
    [404, inactive],
    [301, inactive],
    [403, none('none', /^status 403, which is no answer by the rule$/)],
    [503, none('status', /^status 503$/)],
    [204, none('no-match', /^status 204 is in no rule$/)],
  ])('%i', (status, verdict) => {
    expect(verdictOf(rule, { status, text: '' })).toEqual(verdict)
  })
})

describe('by JSON', () => {
  const rule: Rule = {
    status: { 410: 'inactive' },
    json: { path: '$.store.open', values: { true: 'active', false: 'inactive', unknown: 'none' } },
  }
  test.each([
    [200, '{"store": {"open": true}}', active],
    [200, '{"store": {"open": "false"}}', inactive],
    [410, 'gone', inactive],
    [200, '{"store": {"open": "unknown"}}', none('none', /^\$\.store\.open is "unknown"/)],
    [200, '{"store": {"open": "toString"}}', none('no-match', /is "toString", which is not among values$/)],
    [200, '{"store": {}}', none('no-match', /^there is nothing at \$\.store\.open$/)],
    [200, '<html>\u001b', none('no-match', /^the answer is not JSON: it begins "<html>\\u001b"$/)],
    [500, '{"store": {"open": true}}', none('status', /^status 500$/)],
  ])('%i %s', (status, text, verdict) => {
    expect(verdictOf(rule, { status, text })).toEqual(verdict)
  })
})

describe('by text', () => {
  const both: Rule = { text: { active: 'Order now', inactive: 'Closed' } }
  test.each([
    [both, 'Order now!', active],
    [both, 'Closed today', inactive],
    [both, 'Closed: Order now', none('no-match', /^both texts/)],
    [both, 'Robots not allowed', none('no-match', /^neither text/)],
    [{ text: { active: 'Order now' } }, 'Closed', none('no-match', /^neither text/)],
  ])('%o: %s', (rule, text, verdict) => {
    expect(verdictOf(rule, { status: 200, text })).toEqual(verdict)
  })
})
