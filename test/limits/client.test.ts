import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { readConfig } from '../../server/config.ts'
import { clientOf, noteClient } from '../../server/limits/client.ts'
import { trustOf } from '../../server/limits/trusted-proxies.ts'

const isTrusted = trustOf(['10.0.0.0/8', '192.0.2.1', '2001:db8:1::/48'])

function clientIn(remoteAddress: string, headers: Readonly<Record<string, string>>) {
  const request = { socket: { remoteAddress }, headers } as unknown as IncomingMessage
  noteClient(request, isTrusted)
  return clientOf(request)
}

test.for([
  ['nothing is said', '10.0.0.1', {}, '10.0.0.1'],
  ['the one before a trusted proxy', '10.0.0.1', { 'x-forwarded-for': '203.0.113.9' }, '203.0.113.9'],
  [
    'trusted ones in a row',
    '10.0.0.1',
    { 'x-forwarded-for': '203.0.113.9, 192.0.2.1,10.7.7.7' },
    '203.0.113.9',
  ],
  ['what a client made up before', '10.0.0.1', { 'x-forwarded-for': '1.1.1.1, 203.0.113.9' }, '203.0.113.9'],
  [
    'a trusted address that it made up',
    '10.0.0.1',
    { 'x-forwarded-for': '10.0.0.2, 203.0.113.9' },
    '203.0.113.9',
  ],
  ['all are trusted', '10.0.0.1', { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' }, '10.0.0.3'],
  ['a peer that is not trusted', '198.51.100.7', { 'x-forwarded-for': '203.0.113.9' }, '198.51.100.7'],
  ['likewise', '198.51.100.7', { forwarded: 'for=203.0.113.9' }, '198.51.100.7'],
  ['a socket for both kinds', '::ffff:10.0.0.1', { 'x-forwarded-for': '203.0.113.9' }, '203.0.113.9'],
  ['a mapped address', '10.0.0.1', { 'x-forwarded-for': '203.0.113.9, ::ffff:10.0.0.2' }, '203.0.113.9'],
  ['a port', '10.0.0.1', { 'x-forwarded-for': '203.0.113.9:4711' }, '203.0.113.9'],
  ['IPv6', '2001:db8:1::5', { 'x-forwarded-for': '2001:db8:2::9' }, '2001:db8:2::9'],
  ['IPv6 with a port', '10.0.0.1', { 'x-forwarded-for': '[2001:db8:2::9]:4711' }, '2001:db8:2::9'],
  ['what is no address', '10.0.0.1', { 'x-forwarded-for': '203.0.113.9, unknown' }, '10.0.0.1'],
  ['an empty one', '10.0.0.1', { 'x-forwarded-for': '' }, '10.0.0.1'],
  [
    'Forwarded',
    '10.0.0.1',
    { forwarded: 'for=1.1.1.1, For="203.0.113.9:80";proto=https;by=10.0.0.1' },
    '203.0.113.9',
  ],
  ['Forwarded of IPv6', '10.0.0.1', { forwarded: 'for="[2001:db8:2::9]:4711"' }, '2001:db8:2::9'],
  ['Forwarded that hides it', '10.0.0.1', { forwarded: 'for=_hidden' }, '10.0.0.1'],
  [
    'Forwarded with , and ; in the host that a client named',
    '10.0.0.1',
    { forwarded: 'for=203.0.113.9;host="a;for=1.1.1.1,for=1.1.1.1"' },
    '203.0.113.9',
  ],
  [
    'Forwarded with quotes that a client opened',
    '10.0.0.1',
    { forwarded: 'for=1.1.1.1;host=", for="[2001:db8:2::9]"' },
    '10.0.0.1',
  ],
  ['likewise, where they are not closed', '10.0.0.1', { forwarded: 'host=", for=203.0.113.9' }, '10.0.0.1'],
  [
    'Forwarded with empty elements, and IPv6 without quotes',
    '10.0.0.1',
    { forwarded: ', for=1.1.1.1 ; ,FOR=[2001:db8:2::9]:80; proto=http' },
    '2001:db8:2::9',
  ],
  [
    'both alike',
    '10.0.0.1',
    { forwarded: 'for=203.0.113.9', 'x-forwarded-for': '203.0.113.9' },
    '203.0.113.9',
  ],
  ['one made up', '10.0.0.1', { forwarded: 'for=1.1.1.1', 'x-forwarded-for': '203.0.113.9' }, '10.0.0.1'],
] as const)('%s: whose request it is', ([, peer, headers, address]) => {
  expect(clientIn(peer, headers).address).toBe(address)
})

test.for([
  ['10.0.0.1', { 'x-forwarded-proto': 'https' }, true],
  ['10.0.0.1', { 'x-forwarded-proto': 'https, http' }, false],
  ['10.0.0.1', { forwarded: 'for=1.1.1.1;proto=http, for=203.0.113.9;proto=HTTPS' }, true],
  ['10.0.0.1', {}, false],
  ['198.51.100.7', { 'x-forwarded-proto': 'https' }, false],
] as const)('of %s with %j, whether it speaks https is %j', ([peer, headers, isSecure]) => {
  expect(clientIn(peer, headers).isSecure).toBe(isSecure)
})

test('proxies are named by addresses and networks', () => {
  const set = (text: string) => readConfig({ STORE_MONITOR_TRUSTED_PROXIES: text }).trustedProxies
  expect(set('')).toEqual([])
  expect(set('10.0.0.0/8, ::1')).toEqual(['10.0.0.0/8', '::1'])
  for (const text of [
    'proxy.example',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0/8',
    '::1/129',
    '10.0.0.0/8/8',
    '*',
  ]) {
    expect(() => set(text)).toThrow(`"${text}" is neither an address nor a network`)
  }
})
