import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { markdownTable, withoutPadding } from '../support/markdown-table.ts'
import { metricsIn, type ShownMetric } from '../support/metrics-text.ts'
import { askedBy } from '../support/promql.ts'
import { finishedReport, runningServer } from '../support/running-server.ts'

const root = join(import.meta.dirname, '../..')
const parts = new AsyncDisposableStack()
let metrics: ReadonlyMap<string, ShownMetric>
let routes: ReadonlySet<string>

beforeAll(async () => {
  const server = parts.use(await runningServer())
  await server.upload('store_id,status,timestamp_utc\na,active,2026-10-05 09:00:00 UTC\n')
  await finishedReport(server.url)
  await vi.waitUntil(() => server.happened.some(({ type }) => type === 'change'), { timeout: 5000 })
  metrics = metricsIn(await (await fetch(`${server.url}/metrics`)).text())
  routes = new Set(
    (await (await fetch(`${server.url}/openapi.json`)).text()).match(/(?<="operationId":")\w+/g),
  )
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

/** What an expression, and what is written of its answer, asks for that no server has. */
function strangersIn(expression: string, words = ''): string[] {
  const { selectors, grouping } = askedBy(expression)
  const found = selectors.map(({ metric, matchers }) => ({ metric, matchers, shown: metricOf(metric) }))
  // Prometheus gives each series the server that it is of.
  const known = new Set([
    'instance',
    'job',
    'le',
    ...found.flatMap(({ shown }) => [...(shown?.labels ?? [])]),
  ])
  const usedInWords = Array.from(words.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g), ([, label]) => label!)
  return [
    ...found.filter(({ shown, metric }) => !shown && metric !== 'up').map(({ metric }) => metric),
    ...found.flatMap(({ shown, matchers }) =>
      matchers
        .filter(({ label }) => !['instance', 'job'].includes(label) && !shown?.labels.has(label))
        .map(({ label }) => label),
    ),
    ...[...grouping, ...usedInWords].filter((label) => !known.has(label)),
    ...found.flatMap(({ matchers }) => matchers.flatMap(({ label, value }) => unknownValues(label, value))),
  ]
}

function metricOf(series: string): ShownMetric | undefined {
  const ofHistogram = metrics.get(series.replace(/_(?:bucket|sum|count)$/, ''))
  return metrics.get(series) ?? (ofHistogram?.type === 'histogram' ? ofHistogram : undefined)
}

const values: Readonly<Record<string, readonly string[]>> = {
  state: ['waiting', 'running', 'complete', 'failed', 'cancelled', 'dead'],
  outcome: ['changed', 'repeated', 'rejected', 'taken', 'busy', 'refused', 'failed'],
}

function unknownValues(label: string, value: string): string[] {
  const known = label === 'route' ? [...routes] : values[label]
  return known === undefined ? [] : value.split('|').filter((one) => !known.includes(one))
}

interface Panel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
}

test('every expression of the dashboard is one, of metrics and labels that a server has', () => {
  const text = readFileSync(join(root, 'deploy/grafana-dashboard.json'), 'utf8')
  const { panels } = JSON.parse(text) as { panels: Panel[] }
  const asked = panels.flatMap(({ targets = [] }) => targets)
  expect(asked.length).toBeGreaterThan(20)
  for (const { expr, legendFormat } of asked) {
    const expression = expr.replaceAll('$__rate_interval', '5m')
    expect({ expr, strangers: strangersIn(expression, legendFormat) }).toEqual({ expr, strangers: [] })
  }
})

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly description: string }
}

function alertRules(): readonly Rule[] {
  const { groups } = parse(readFileSync(join(root, 'deploy/prometheus-alerts.yaml'), 'utf8')) as {
    groups: readonly { readonly rules: readonly Rule[] }[]
  }
  return groups.flatMap(({ rules }) => rules)
}

test('likewise every alert, which says how bad it is, and what to do', () => {
  const rules = alertRules()
  expect(rules.length).toBeGreaterThan(10)
  for (const { alert, expr, labels, annotations } of rules) {
    const words = `${annotations.summary} ${annotations.description}`
    expect({ alert, strangers: strangersIn(expr, words) }).toEqual({ alert, strangers: [] })
    expect(['critical', 'warning']).toContain(labels.severity)
    expect(annotations.description).not.toBe('')
  }
})

test('docs/operations.md says what to do at each alert', () => {
  const page = readFileSync(join(root, 'docs/operations.md'), 'utf8')
  for (const { alert } of alertRules()) expect(page).toContain(`\`${alert}\``)
})

test.each([
  ['store_monitor_nothing', ['store_monitor_nothing']],
  ['sum by (nobody) (store_monitor_reports{color="red"})', ['color', 'nobody']],
  ['store_monitor_reports{state="lost"}', ['lost']],
  ['rate(store_monitor_stores_bucket[5m])', ['store_monitor_stores_bucket']],
  ['store_monitor_http_requests_total{route="nosuch"}', ['nosuch']],
])('the check finds what is wrong with %s', (expression, strangers) => {
  expect(strangersIn(expression)).toEqual(strangers)
})
