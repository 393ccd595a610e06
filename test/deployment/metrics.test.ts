import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { markdownTable, withoutPadding } from '../support/markdown-table.ts'
import { metricsIn, type ShownMetric } from '../support/metrics-text.ts'
import { finishedReport, runningServer } from '../support/running-server.ts'

const root = join(import.meta.dirname, '../..')
const parts = new AsyncDisposableStack()
let metrics: ReadonlyMap<string, ShownMetric>

beforeAll(async () => {
  const server = parts.use(await runningServer())
  await server.upload('store_id,status,timestamp_utc\na,active,2026-10-05 09:00:00 UTC\n')
  await finishedReport(server.url)
  await vi.waitUntil(() => server.happened.some(({ type }) => type === 'change'), { timeout: 5000 })
  metrics = metricsIn(await (await fetch(`${server.url}/metrics`)).text())
})
afterAll(() => parts.disposeAsync())

/** The table of metrics as docs/operations.md is to have it; `prettier --write` makes it pretty. */
function metricsTable(): string {
  const rows = [...metrics.values()]
    .filter(({ name }) => name.startsWith('store_monitor_'))
    .map(({ name, help, labels }) => [
      `\`${name.slice('store_monitor_'.length)}\``,
      [...labels].map((label) => `\`${label}\``).join(', '),
      help,
    ])
  return markdownTable(['metric', 'labels', 'what it is'], rows)
}

test('docs/operations.md lists every metric, as a server has it', () => {
  const page = readFileSync(join(root, 'docs/operations.md'), 'utf8')
  const [table] = /^\| metric [^]*?(?=\n\n)/m.exec(page) ?? []
  expect(withoutPadding(table ?? ''), `write:\n${metricsTable()}`).toBe(withoutPadding(metricsTable()))
})
