import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type * as z from 'zod'
import { channelSetting } from '../../server/alerts/channels/list.ts'
import { digestSetting } from '../../server/config-file/digest-setting.ts'
import { heartbeatSetting } from '../../server/config-file/heartbeat-setting.ts'
import { readConfigFile } from '../../server/config-file/read-config-file.ts'
import { oidcSetting } from '../../server/config-file/oidc-setting.ts'
import { pollerSetting } from '../../server/config-file/poller-setting.ts'
import { routeSetting } from '../../server/config-file/route-setting.ts'
import { sourceSetting } from '../../server/config-file/source-setting.ts'
import { markdownTable, withoutPadding } from '../support/markdown-table.ts'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/operations.md'), 'utf8')
const alertsPage = readFileSync(join(root, 'docs/alerts.md'), 'utf8')

/** The table of the keys of a schema as docs/operations.md is to have it. */
function keyTable(of: string, schema: z.ZodObject): string {
  const shape: Readonly<Record<string, z.ZodType>> = schema.shape
  const rows = Object.entries(shape).map(([key, { description = '' }]) => [`\`${key}\``, description])
  return markdownTable([`key of a ${of}`, 'what it says'], rows)
}

test.each([
  ['source', sourceSetting],
  ['poller', pollerSetting],
  ['provider', oidcSetting],
] as const)('docs/operations.md lists every key of a %s', (of, schema) => expectTable(page, of, schema))

test.each([
  ['route', routeSetting] as const,
  ['digest', digestSetting] as const,
  ['heartbeat', heartbeatSetting] as const,
  ...channelSetting.options.map((schema) => [`${schema.shape.type.value} channel`, schema] as const),
])('docs/alerts.md lists every key of a %s', (of, schema) => expectTable(alertsPage, of, schema))

function expectTable(text: string, of: string, schema: z.ZodObject): void {
  const [table = ''] = new RegExp(`^\\| key of a ${of} [^]*?(?=\n\n)`, 'm').exec(text) ?? []
  const expected = keyTable(of, schema)
  expect(withoutPadding(table), `write:\n${expected}`).toBe(withoutPadding(expected))
}

test('the file in deploy/ is one', async () => {
  const { sources, pollers } = await readConfigFile(join(root, 'deploy/store-monitor.yaml'))
  expect(sources.map(({ name }) => name)).toEqual(['business-hours', 'store-details', 'platform'])
  expect(pollers.map(({ name }) => name)).toEqual(['website'])
})
