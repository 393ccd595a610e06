import { describe, expect, test } from 'vitest'
import { ownerBy, valuesOf } from '../../../server/access/oidc/claims.ts'
import { oidcSetting } from '../../../server/config-file/oidc-setting.ts'

function setting(more: object = {}) {
  return oidcSetting.parse({
    issuer: 'https://id.example.org',
    clientId: 'monitor',
    mapping: [
      { value: 'owners', role: 'viewer', groups: 'chain=Soup' },
      { value: 'admins', role: 'admin' },
      { value: 'ann@soup.example', claim: 'email', role: 'operator' },
    ],
    ...more,
  })
}

const ann = { sub: '7', email: 'ann@soup.example', email_verified: true }

test.for([
  [{ groups: ['a', 'b'] }, 'groups', ['a', 'b']],
  [{ groups: 'a' }, 'groups', ['a']],
  [{ level: 7 }, 'level', ['7']],
  [{ staff: true }, 'staff', ['true']],
  [{ groups: [{ name: 'a' }, null, 'b'] }, 'groups', ['b']],
  [{ realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
  [{ 'https://soup.example/roles': ['a'] }, 'https://soup.example/roles', ['a']],
  [{ 'a.b': 'whole', a: { b: 'path' } }, 'a.b', ['whole']],
  [{}, 'groups', []],
  [{}, 'constructor.name', []],
  [{ groups: 'a' }, 'groups.length', []],
] as const)('of %o the claim %s has %o', ([claims, name, values]) => {
  expect(valuesOf(claims, name)).toEqual(values)
})

describe('somebody at a provider', () => {
  test('has the role and the groups of the first line that fits', () => {
    const owner = ownerBy(setting(), 'Soup', { ...ann, groups: ['x', 'admins', 'owners'] })
    expect(owner).toEqual({
      way: 'oidc',
      keyNumber: null,
      keyId: null,
      name: 'ann@soup.example',
      role: 'viewer',
      labels: [{ label: 'chain', value: 'Soup' }],
    })
    expect(ownerBy(setting(), 'Soup', { sub: '7', groups: 'admins' })).toMatchObject({
      name: '7',
      role: 'admin',
      labels: [],
    })
  })

  test('is known by an address only where the provider says that it is theirs', () => {
    for (const isVerified of [true, 'true']) {
      const claims = { ...ann, email_verified: isVerified }
      expect(ownerBy(setting(), 'Soup', claims).role).toBe('operator')
    }
    for (const isVerified of [false, 'false', undefined, 'yes']) {
      const claims = { ...ann, email_verified: isVerified }
      const told = 'the claim "email" counts only with email_verified'
      expect(() => ownerBy(setting(), 'Soup', claims)).toThrow(told)
    }
  })

  test('has a name that nobody else is known to have', () => {
    const nameOf = (claims: object, more: object = {}) =>
      ownerBy(setting(more), 'Soup', { sub: '7', groups: 'admins', ...claims }).name
    expect(nameOf({ email: 'bob@soup.example', email_verified: false })).toBe('7')
    expect(nameOf({ email: 'bob@soup.example' })).toBe('bob@soup.example')
    expect(nameOf({ email: 'a\nb' })).toBe('7')
    expect(nameOf({ email: 'x'.repeat(201) })).toBe('7')
    expect(nameOf({ preferred_username: 'bob' }, { nameClaim: 'preferred_username' })).toBe('bob')
  })

  test.for([
    [{}, 'the claim "groups" is missing, and the claim "email" is missing'],
    [{ groups: [] }, 'the claim "groups" is missing, and'],
    [{ groups: ['Owners', 'admin'] }, 'the claim "groups" has "Owners", "admin", none of which is mapped'],
    [{ groups: Array.from({ length: 12 }, (_, i) => `g${i}`) }, '"g9" and 2 more, none of which'],
  ] as const)('of whom nothing leads to a role is told what was missing: %o', ([claims, told]) => {
    const refused = () => ownerBy(setting(), 'Soup', { sub: '7', ...claims })
    expect(refused).toThrow('Soup knows you as 7, and nothing that it says of you leads to a role here')
    expect(refused).toThrow(told)
    expect(refused).not.toThrow('admins')
  })
})
