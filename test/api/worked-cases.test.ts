import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStoreMonitorClient, type OutageRow } from '../../client/index.ts'
import { csvHeaderLine, csvLines } from '../../server/reports/csv.ts'
import { createTotals, putTotals } from '../../server/reports/totals.ts'
import {
  outageCsvHeader,
  outageCsvLine,
  periodCsvHeader,
  segmentCsvHeader,
  segmentCsvLine,
} from '../../shared/insight-csv.ts'
import type { ReportRow } from '../../shared/report.ts'
import { workedCases, type ExpectedInsight } from '../support/cases.ts'
import { runCli } from '../support/run-cli.ts'
import { finishedReport, runningServer, type TestServer } from '../support/running-server.ts'
import { clientOf, endOf, type Client } from '../support/trpc-client.ts'

test('there are lists of outages and explanations', () => {
  const names = workedCases.flatMap(({ name, insights }) => insights.map(() => name.slice(0, 2)))
  expect(names).toEqual(['22', '22', '23', '24', '24', '26'])
})

describe.for(workedCases)(
  'the worked case $name comes out byte for byte',
  ({ folder, options, expectedCsv, periodReports, insights }) => {
    const { as_of: asOf, ...others } = options
    const withAsOf = { ...others, ...(asOf === undefined ? {} : { asOf }) }
    let server: TestServer

    beforeAll(async () => {
      server = await runningServer()
      await server.uploadCase(folder)
    })
    afterAll(() => server[Symbol.asyncDispose]())

    test('over REST', async () => {
      const report = await finishedReport(server.url, options)
      expect(report).toMatchObject({ status: 'Complete' })
      const all = await fetch(`${report['report_url'] as string}?columns=all`)
      expect(await all.text()).toBe(expectedCsv)
      const usual = await (await fetch(report['report_url'] as string)).text()
      const withDefaultColumns = expectedCsv.replaceAll(/(?:,[^,\n]*){9}$/gm, '')
      expect(usual).toBe(withDefaultColumns)
      for (const { options: period, expectedCsv } of periodReports) {
        const byPeriod = await finishedReport(server.url, { ...options, ...period })
        expect(await (await fetch(byPeriod['report_url'] as string)).text()).toBe(expectedCsv)
      }
      expect(server.errors).toEqual([])
    })

    test('over tRPC', async () => {
      const client = clientOf(server.url)
      const { reportId } = await client.report.trigger.mutate(withAsOf)
      const seen = await endOf(client, reportId)
      expect(seen.at(-1)?.state).toBe('complete')
      const { items } = await client.report.rows.query({ reportId })
      expect(csvOf(items)).toBe(expectedCsv)
      for (const { options: period, expectedCsv } of periodReports) {
        const byPeriod = await client.report.trigger.mutate({ ...withAsOf, ...period })
        await endOf(client, byPeriod.reportId)
        expect(await periodCsvOf(client, byPeriod.reportId)).toBe(expectedCsv)
      }
      expect(server.errors).toEqual([])
    })

    test.for(insights)('and so does $file over tRPC, REST and the command line', async (insight) => {
      const { store, range, expectedCsv } = insight
      const { interpolation: _, ...judging } = withAsOf
      expect(await insightCsvOf(server.url, insight, judging)).toBe(expectedCsv)

      const url = new URL(store === undefined ? '/outages' : `/stores/${store}/timeline`, server.url)
      const { as_of: asOf, reach } = options
      const fields = { ...range, ...(asOf && { as_of: asOf }), ...(reach && { reach }), format: 'csv' }
      url.search = new URLSearchParams(fields).toString()
      const answer = await fetch(url)
      expect(await answer.text()).toBe(expectedCsv)
      expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')

      const command = store === undefined ? ['outages'] : ['explain', store]
      const flags = Object.entries({ ...range, ...judging }).flatMap(([name, value]) => [
        name === 'asOf' ? '--as-of' : `--${name}`,
        value,
      ])
      const [onServer, onFiles] = await Promise.all([
        runCli([...command, ...flags, '--format', 'csv', '--url', server.url]),
        runCli([...command, ...flags, '--from', folder]),
      ])
      expect(onServer).toMatchObject({ exitCode: 0, stdout: expectedCsv })
      expect(onFiles).toMatchObject({ exitCode: 0, stdout: expectedCsv })
      expect(server.errors).toEqual([])
    })
  },
)

function csvOf(rows: readonly ReportRow[]): string {
  const totals = createTotals(rows.length)
  rows.forEach((row, i) => {
    putTotals(totals, i, 0, [
      {
        uptimeMs: row.uptimeLastHourMs,
        downtimeMs: row.downtimeLastHourMs,
        unknownMs: row.unknownLastHourMs,
        excusedMs: row.excusedLastHourMs,
      },
      {
        uptimeMs: row.uptimeLastDayMs,
        downtimeMs: row.downtimeLastDayMs,
        unknownMs: row.unknownLastDayMs,
        excusedMs: row.excusedLastDayMs,
      },
      {
        uptimeMs: row.uptimeLastWeekMs,
        downtimeMs: row.downtimeLastWeekMs,
        unknownMs: row.unknownLastWeekMs,
        excusedMs: row.excusedLastWeekMs,
      },
    ])
  })
  const storeIds = rows.map((row) => row.storeId)
  return csvHeaderLine('all') + Buffer.from(csvLines(totals, storeIds, 'all')).toString()
}

/** The CSV of all pages of a report by period. */
async function periodCsvOf(client: Client, reportId: string): Promise<string> {
  const lines = [periodCsvHeader.trimEnd()]
  let cursor: string | undefined
  do {
    const page = await client.report.periodRows.query({ reportId, limit: 100, ...(cursor && { cursor }) })
    for (const { storeId, period, uptimePercent, ...totals } of page.items) {
      const { uptimeMs, downtimeMs, unknownMs, excusedMs } = totals
      const hours = [uptimeMs, downtimeMs, unknownMs, excusedMs].map((ms) =>
        (Math.round(ms / 36_000) / 100).toFixed(2),
      )
      lines.push([storeId, period, ...hours, uptimePercent?.toFixed(2) ?? ''].join())
    }
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return `${lines.join('\n')}\n`
}

/** The CSV of a list of outages or of a timeline, of all pages. */
async function insightCsvOf(
  url: string,
  { store, range }: ExpectedInsight,
  judging: { asOf?: string; reach?: string },
): Promise<string> {
  const client = createStoreMonitorClient({ url })
  if (store !== undefined) {
    const { segments } = await client.store.timeline.query({ storeId: store, ...range, ...judging })
    return segmentCsvHeader + segments.map(segmentCsvLine).join('')
  }
  const rows: OutageRow[] = []
  let cursor: string | undefined
  do {
    const asked = { ...range, ...judging, limit: 10, ...(cursor === undefined ? {} : { cursor }) }
    const page = await client.outage.list.query(asked)
    rows.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return outageCsvHeader + rows.map(outageCsvLine).join('')
}
