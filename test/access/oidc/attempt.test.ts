import { expect, test } from 'vitest'
import { attemptIn, beginAttempt } from '../../../server/access/oidc/attempt.ts'

test('a sign-in is all in what the browser keeps, and no two are alike', () => {
  const attempt = beginAttempt('/stores?q=Zürich', 1_700_000_000_000)
  expect(attemptIn(attempt.cookie)).toEqual(attempt)
  const { state, nonce, verifier } = attempt
  const other = beginAttempt('/stores?q=Zürich', 1_700_000_000_000)
  const secrets = [state, nonce, verifier, other.state, other.nonce, other.verifier]
  expect(new Set(secrets).size).toBe(6)
  for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/) // as PKCE wants a verifier to be
})

test('a cookie that was changed is that of another sign-in', () => {
  const { cookie, state } = beginAttempt('/', 1_700_000_000_000)
  const [at = '', secret = '', returnTo = ''] = cookie.split('.')
  for (const parts of [
    [`${at}0`, secret, returnTo],
    [at, secret, Buffer.from('//evil.example').toString('base64url')],
    [at, `${secret.slice(1)}x`, returnTo],
  ]) {
    expect(attemptIn(parts.join('.'))!.state).not.toBe(state)
  }
})

test.for(['', 'x', 'a.b.c', `.${'x'.repeat(43)}.`, `1.${'x'.repeat(43)}`, `1.${'x'.repeat(43)}./`])(
  'there is none in %o',
  (text) => {
    expect(attemptIn(text)).toBeUndefined()
  },
)
