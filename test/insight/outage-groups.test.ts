import { join } from 'node:path'
import { expect, test } from 'vitest'
import { groupOutages } from '../../server/insight/outage-groups.ts'
import { listOutages } from '../../server/insight/outages.ts'
import { outageGroupsInput, outageListInput } from '../../shared/outage.ts'
import { casesFolder } from '../support/cases.ts'
import { importScene } from '../support/import-scene.ts'

const dates = { since: '2024-12-09', until: '2025-01-01', asOf: '2024-12-25T12:00:00Z' }

test('the outages of all stores are dealt among the groups, each with its longest and its ongoing ones', async () => {
  await using scene = await importScene()
  const clock = { now: () => Date.UTC(2026, 0, 1) }
  await scene.import(join(casesFolder, '26-thirty-stores-over-weeks'), clock)
  const { items } = await listOutages(scene.db, outageListInput.parse({ ...dates, limit: 1000 }))
  const ids = [...new Set(items.map(({ storeId }) => storeId))]
  const regionOf = new Map(ids.slice(2).map((id, i) => [id, i % 2 === 0 ? 'Bonn' : 'Aachen']))
  const rows = [...regionOf].map(([id, region]) => `${id},,${region}\n`)
  await scene.import(
    await scene.write('details.csv', `store_id,name,sales region\n${rows.join('')}never,,Zell\n`),
    clock,
  )

  const { groups } = await groupOutages(scene.db, outageGroupsInput.parse({ ...dates, by: 'Sales-Region' }))
  expect(groups.map(({ group }) => group)).toEqual(['Aachen', 'Bonn', 'Zell', null])
  for (const { group, ...sums } of groups) {
    const own = items.filter(({ storeId }) => (regionOf.get(storeId) ?? null) === group)
    expect(sums).toMatchObject({
      storesWithOutages: new Set(own.map(({ storeId }) => storeId)).size,
      outages: own.length,
      ongoing: own.filter(({ end }) => end === null).length,
      downtimeMs: own.reduce((sum, { downtimeMs }) => sum + downtimeMs, 0),
      longest: own.toSorted((a, b) => b.downtimeMs - a.downtimeMs)[0] ?? null,
    })
  }
  expect(groups[2]).toMatchObject({ stores: 1, outages: 0, longest: null })
  expect(groups.reduce((sum, { stores }) => sum + stores, 0)).toBe(31)
  const ofBonn = outageGroupsInput.parse({ ...dates, by: 'sales_region', labels: 'sales_region=Bonn' })
  expect((await groupOutages(scene.db, ofBonn)).groups).toEqual([groups[1]])
})
