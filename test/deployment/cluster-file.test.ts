import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { describeSettings, readConfig } from '../../server/config.ts'
import { STOP_WITHIN_MS } from '../../server/serve.ts'
import { parseDuration } from '../../shared/duration.ts'

interface Service {
  readonly environment?: Readonly<Record<string, string>>
  readonly stop_grace_period?: string
  readonly read_only?: boolean
  readonly ports?: readonly string[]
}

/** Others would be read by nobody. */
const settings = new Set(describeSettings().flatMap(({ variables }) => variables))

const root = join(import.meta.dirname, '../..')
const { services } = parse(readFileSync(join(root, 'deploy/compose.cluster.yaml'), 'utf8'), {
  merge: true,
}) as { services: Record<'database' | 'web' | 'worker' | 'proxy', Service> }

test('the servers of compose.cluster.yaml have settings that there are, a database that they share, and both roles', () => {
  const roles = [services.web, services.worker].map(({ environment = {}, ...service }) => {
    const variables = Object.fromEntries(
      Object.entries(environment).map(([name, text]) => [name, text.replace(/\$\{\w+:\?[^}]*\}/, 'secret')]),
    )
    const { databaseUrl, insecure, role } = readConfig(variables)
    expect({ databaseUrl, insecure }).toEqual({
      databaseUrl: 'postgresql://monitor:secret@database:5432/stores',
      insecure: true,
    })
    expect(Object.keys(environment).filter((name) => !settings.has(name))).toEqual([])
    expect(parseDuration(service.stop_grace_period!)).toBeGreaterThan(STOP_WITHIN_MS)
    expect(service.read_only).toBe(true)
    return role
  })
  expect(roles).toEqual(['web', 'worker'])
})

test('only the proxy is published, and for this machine alone, as nobody is asked for a key', () => {
  const published = Object.entries(services).flatMap(([name, { ports = [] }]) =>
    ports.map((port) => `${name} ${port}`),
  )
  expect(published).toEqual(['proxy 127.0.0.1:8000:8000'])
})
