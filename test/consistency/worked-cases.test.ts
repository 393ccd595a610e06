import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readWantedPolls } from '../../server/database/wanted-polls.ts'
import { packPolls } from '../../server/export/packed-polls.ts'
import { lineForms, linesOfPolls, pollCsvHeader } from '../../server/export/poll-lines.ts'
import type { StoreId } from '../../shared/ids.ts'
import { createRandom } from '../bench/random.ts'
import { furtherInputFiles, inputFiles, workedCases } from '../support/cases.ts'
import { importScene } from '../support/import-scene.ts'
import { finishedReport, runningServer } from '../support/running-server.ts'
import { randomPieces, someWay, tableOf } from './feeding.ts'

const rules = [...furtherInputFiles, ...inputFiles].filter((name) => name !== 'store_status.csv')

/** The polls of a case as they come out where its files are imported at once. */
async function exportedAtOnce(folder: string): Promise<string> {
  await using scene = await importScene()
  await scene.import(folder, { now: Date.now })
  const all = { firstStoreId: '' as StoreId, nextStoreId: null }
  const polls = packPolls(await readWantedPolls(scene.db, all, {}))
  return pollCsvHeader + Buffer.from(linesOfPolls(polls, lineForms.csv)).toString()
}

describe.for(workedCases.map((one, i) => ({ ...one, seed: i + 1 })))(
  'the worked case $name, fed in pieces in random order by every way in,',
  ({ folder, options, expectedCsv, periodReports, insights, seed }) => {
    test('comes out byte for byte', async () => {
      const random = createRandom(seed)
      await using server = await runningServer()
      const { head, rows } = tableOf(await readFile(join(folder, 'store_status.csv')))
      const pieces = randomPieces(rows, random, Math.ceil(rows.length / 6))
      const feeding = [
        ...rules.map((name) => async () => {
          const bytes = await readFile(join(folder, name)).catch(() => undefined)
          if (bytes === undefined) return
          await fetch(`${server.url}/imports?source=${name}`, { method: 'POST', body: bytes })
        }),
        ...pieces.map((piece) => () => someWay(random)(server, piece, head)),
      ]
      // Rules come at any time among the polls, in their order.
      const places = feeding.map((_, i) => (i < rules.length ? random() * pieces.length : i - rules.length))
      const inOrder = feeding.map((feed, i) => ({ feed, at: places[i]! })).toSorted((a, b) => a.at - b.at)
      for (const { feed } of inOrder) await feed()

      const exported = await fetch(`${server.url}/polls?format=csv`)
      expect(await exported.text()).toBe(await exportedAtOnce(folder))
      const report = await finishedReport(server.url, options)
      expect(report).toMatchObject({ status: 'Complete' })
      expect(await textOf(`${report['report_url'] as string}?columns=all`)).toBe(expectedCsv)
      for (const { options: period, expectedCsv } of periodReports) {
        const byPeriod = await finishedReport(server.url, { ...options, ...period })
        expect(await textOf(byPeriod['report_url'] as string)).toBe(expectedCsv)
      }
      for (const { store, range, expectedCsv } of insights) {
        const { as_of, reach } = options
        const asked = { ...range, ...(as_of && { as_of }), ...(reach && { reach }), format: 'csv' }
        const path = store === undefined ? '/outages' : `/stores/${store}/timeline`
        expect(await textOf(`${server.url}${path}?${new URLSearchParams(asked).toString()}`)).toBe(
          expectedCsv,
        )
      }
      expect(server.errors).toEqual([])
    })
  },
)

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text()
}
