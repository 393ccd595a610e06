import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../server/config.ts'
import { readConfigFile } from '../../server/config-file/read-config-file.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'

let folder: TemporaryFolder
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder[Symbol.asyncDispose]())

/** What is said of a file, without the folder that it is in. */
async function said(text: string): Promise<string> {
  const path = folder.file('monitor.yaml')
  await writeFile(path, text)
  try {
    readConfig({}, {}, (await readConfigFile(path)).settings)
    return 'nothing'
  } catch (error) {
    return (error as Error).message.replaceAll(folder.file('monitor.yaml'), 'monitor.yaml')
  }
}

test.for([
  ['', 'nothing'],
  ['# only a remark\n', 'nothing'],
  ['{"port": 8000, "workers": "2"}', 'nothing'],
  ['host: ::1\nprot: 80\n', 'monitor.yaml, line 2: there is no key "prot": is "port" meant?'],
  ['database: a.db', 'monitor.yaml, line 1: there is no key "database": is "databaseUrl" meant?'],
  ['public_url: http://a', 'monitor.yaml, line 1: there is no key "public_url": is "publicUrl" meant?'],
  ['# port\n\nport: http\n', /^the setting port \(port in monitor\.yaml, line 3\) is "http": /],
  ['port:\n', 'monitor.yaml, line 1: port: write a text or a number'],
  ['port: [1, 2]\n', 'monitor.yaml, line 1: port: write a text or a number'],
  ['port: 1\nport: 2\n', 'monitor.yaml, line 2: Map keys must be unique'],
  ['host: "abc\nport: 1\n', /^monitor\.yaml, line \d: /],
  ['sources:\n', 'monitor.yaml, line 1: sources: write a list of sources, or leave the key out'],
  ['just a text', 'monitor.yaml: it has no keys: write some, as in "key: value"'],
  [
    `a: &a [x]\n${'b'.repeat(5)}: ${JSON.stringify(Array(200).fill('*a')).replaceAll('"', '')}`,
    /^monitor\.yaml/,
  ],
] as const)('%j: %s', async ([text, message]) => {
  expect(await said(text)).toMatch(message)
})

test('a key that is like none is told which there are', async () => {
  expect(await said('frobnicate: 1')).toMatch(
    /^monitor\.yaml, line 1: there is no key "frobnicate": known ones are host, port, databaseUrl, /,
  )
})

test('a file that is not there, or a folder, is named', async () => {
  await expect(readConfigFile(folder.file('none.yaml'))).rejects.toThrow(
    /^there is no configuration file .*none\.yaml$/,
  )
  await expect(readConfigFile(folder.path)).rejects.toThrow(/ cannot be read: /)
})

const oidc = (more: string, issuer = 'https://id.example.org') =>
  `oidc:\n  issuer: ${issuer}\n  clientId: monitor\n${more}`
const mapping = '  mapping: [{ value: a, role: viewer }]\n'

test.for([
  [oidc(mapping), 'nothing'],
  [oidc(mapping, 'http://127.0.0.1:8080/realms/soup'), 'nothing'],
  [
    oidc(mapping, 'http://id.example.org'),
    'monitor.yaml, line 2: oidc.issuer: write the URL of the issuer, such as https://id.example.org/realms/soup',
  ],
  [
    oidc(mapping, 'https://id.example.org/?x=1'),
    'monitor.yaml, line 2: oidc.issuer: write the URL of the issuer, such as https://id.example.org/realms/soup',
  ],
  [oidc(''), 'monitor.yaml, line 1: oidc.mapping: write a list, each with a value and a role'],
  [
    oidc('  mapping: []\n'),
    'monitor.yaml, line 4: oidc.mapping: without one, nobody could sign in: write a value and a role',
  ],
  [
    oidc('  mapping:\n    - value: a\n      role: boss\n'),
    'monitor.yaml, line 6: oidc.mapping[0].role: write viewer, ingester, operator, admin',
  ],
  [
    oidc('  mapping:\n    - { value: a, role: admin, groups: chain=Soup }\n'),
    'monitor.yaml, line 5: oidc.mapping[0].groups: who manages keys is for all stores: leave the groups out, or make an operator of it',
  ],
  [oidc(`${mapping}  scopes: [email]\n`), 'monitor.yaml, line 5: oidc.scopes: openid is to be among them'],
  [
    oidc(`${mapping}  client_secret: x\n`),
    'monitor.yaml, line 5: there is no key "client_secret" in oidc: is "clientSecret" meant?',
  ],
] as const)('where people sign in is checked: %o', async ([text, message]) => {
  expect(await said(text)).toBe(message)
})

const channels =
  'alerts:\n  channels:\n    - { name: log, type: stdout }\n    - { name: page, type: pagerduty, routingKey: x }\n'
const digest = (keys: string) => `${channels}  digests:\n    - { name: a, ${keys} }\n`
const heartbeat = (keys: string) => `alerts:\n  heartbeat: { ${keys} }\n`

test.for([
  [digest('channel: log'), 'nothing'],
  [digest('channel: log, group: chain=Soup, every: week, at: "23:59", zone: Asia/Kathmandu'), 'nothing'],
  [digest('every: day'), 'monitor.yaml, line 6: alerts.digests[0].channel: write the name of a channel'],
  [
    digest('channel: mail'),
    'monitor.yaml, line 6: alerts.digests[0].channel: there is no channel "mail": there are log',
  ],
  [
    digest('channel: page'),
    'monitor.yaml, line 6: alerts.digests[0].channel: channel "page" is PagerDuty, which is for incidents: write another; there are log',
  ],
  [digest('channel: log, every: month'), 'monitor.yaml, line 6: alerts.digests[0].every: write day or week'],
  [
    digest('channel: log, at: "24:00"'),
    'monitor.yaml, line 6: alerts.digests[0].at: write a time such as "22:00"',
  ],
  [digest('channel: log, at: 7'), 'monitor.yaml, line 6: alerts.digests[0].at: write a time such as "22:00"'],
  [
    digest('channel: log, zone: Europe/Bonn'),
    'monitor.yaml, line 6: alerts.digests[0].zone: write a zone such as America/Chicago',
  ],
  [
    digest('channel: log, group: Soup'),
    'monitor.yaml, line 6: alerts.digests[0].group: "Soup" is no group: write label=value, as city=Bonn',
  ],
  [
    digest('channel: log, groups: chain=Soup'),
    'monitor.yaml, line 6: there is no key "groups" in alerts.digests[0]: is "group" meant?',
  ],
  [
    `${digest('channel: log')}    - { name: a, channel: log }\n`,
    'monitor.yaml, line 7: alerts.digests[1].name: "a" is the name of another one already',
  ],
  [heartbeat("url: '${URL}'"), 'nothing'],
  [
    heartbeat('every: 1m'),
    'monitor.yaml, line 2: alerts.heartbeat.url: write a URL, or where it is a secret, such as ${URL} or file:/run/secrets/url',
  ],
  [
    heartbeat('url: ftp://a'),
    'monitor.yaml, line 2: alerts.heartbeat.url: write a URL such as https://example.org/alerts, or where it is a secret, such as ${URL} or file:/run/secrets/url',
  ],
  [
    heartbeat('url: https://a.example, every: 1s'),
    'monitor.yaml, line 2: alerts.heartbeat.every: "1s" is not from 10s to 24h',
  ],
  [
    heartbeat('url: https://a.example, method: PUT'),
    'monitor.yaml, line 2: alerts.heartbeat.method: write GET or POST',
  ],
] as const)('digests and the heartbeat are checked: %o', async ([text, message]) => {
  expect(await said(text)).toBe(message)
})

test('a setting of a flag or variable counts before that of a file, also where that is wrong', () => {
  const file = { values: { port: 'http', host: '::1' }, placeOf: () => 'port in a.yaml, line 1' }
  expect(readConfig({ PORT: '1' }, {}, file)).toMatchObject({ port: 1, host: '::1' })
  expect(readConfig({}, { port: '2' }, file)).toMatchObject({ port: 2 })
  expect(() => readConfig({}, {}, file)).toThrow(/^the setting port \(port in a\.yaml, line 1\) is "http"/)
})
