import { expect, test } from 'vitest'
import { workbookBytes, type Cell } from '../../server/reports/workbook.ts'
import { workedCases } from '../support/cases.ts'
import { finishedReport, runningServer } from '../support/running-server.ts'
import { cellsOf, unzipped } from '../support/unzipped.ts'

async function* batches(
  ...rows: readonly (readonly (readonly Cell[])[])[]
): AsyncGenerator<readonly (readonly Cell[])[]> {
  for (const batch of rows) yield await Promise.resolve(batch)
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(chunks))
}

const sheets = (files: ReadonlyMap<string, string>) =>
  [...files].filter(([path]) => path.startsWith('xl/worksheets/')).map(([, xml]) => cellsOf(xml))
const values = (cells: ReturnType<typeof cellsOf>) => cells.map((row) => row.map(({ value }) => value))

test('rows that have no room in one sheet go on in others, each with the header', async () => {
  const rows = batches(
    [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ],
    [],
    [['d', 4]],
    [['<&"', null]],
  )
  const files = unzipped(
    await bytesOf(workbookBytes({ name: 'A & B', header: ['id', 'n'], rowCount: 5, rows }, 2)),
  )
  expect(sheets(files).map(values)).toEqual([
    [
      ['id', 'n'],
      ['a', '1'],
      ['b', '2'],
    ],
    [
      ['id', 'n'],
      ['c', '3'],
      ['d', '4'],
    ],
    [
      ['id', 'n'],
      ['&lt;&amp;&quot;', ''],
    ],
  ])
  expect(files.get('xl/workbook.xml')).toMatch(
    /name="A &amp; B" .*name="A &amp; B \(2\)" .*name="A &amp; B \(3\)" /,
  )
})

test('without rows there is a sheet with the header', async () => {
  const files = unzipped(
    await bytesOf(workbookBytes({ name: 'A', header: ['id'], rowCount: 0, rows: batches() })),
  )
  expect(sheets(files).map(values)).toEqual([[['id']]])
})

test('the same rows are the same bytes', async () => {
  const make = () =>
    bytesOf(workbookBytes({ name: 'A', header: ['id'], rowCount: 1, rows: batches([['a']]) }))
  expect((await make()).equals(await make())).toBe(true)
})

test('what goes wrong with the rows is told, instead of a file that seems whole', async () => {
  async function* broken(): AsyncGenerator<Cell[][]> {
    yield await Promise.resolve([['a']])
    throw new Error('the report is gone')
  }
  await expect(
    bytesOf(workbookBytes({ name: 'A', header: ['id'], rowCount: 2, rows: broken() })),
  ).rejects.toThrow('the report is gone')
})

test('whoever stops reading ends what the rows are read from', async () => {
  let isEnded = false
  async function* endless(): AsyncGenerator<string[][]> {
    try {
      for (;;) yield await Promise.resolve(Array.from({ length: 1000 }, () => [crypto.randomUUID()]))
    } finally {
      isEnded = true
    }
  }
  for await (const chunk of workbookBytes({ name: 'A', header: ['id'], rowCount: 1e6, rows: endless() })) {
    if (chunk.byteLength > 1000) break
  }
  expect(isEnded).toBe(true)
})

test('a report as a workbook has the cells of its CSV: ids as text, all else as numbers', async () => {
  const { folder } = workedCases.find(({ name }) => name === '19-forty-stores')!
  await using server = await runningServer()
  await server.uploadCase(folder)
  for (const options of [{}, { by: 'week', from: '2023-01-09', to: '2023-01-25' }]) {
    const { report_id: id } = await finishedReport(server.url, options)
    const csv = await (await fetch(`${server.url}/reports/${String(id)}.csv?columns=all`)).text()
    const response = await fetch(`${server.url}/reports/${String(id)}.xlsx?columns=all`)
    expect(response.headers.get('content-type')).toBe(
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    )
    expect(response.headers.get('content-disposition')).toMatch(/filename="uptime-.*\.xlsx"$/)
    const [cells = []] = sheets(unzipped(Buffer.from(await response.arrayBuffer())))
    const rows = csv
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','))
    expect(values(cells.slice(0, 1))).toEqual(rows.slice(0, 1))
    expect(
      cells
        .slice(1)
        .map((row) => row.map(({ type, value }) => (type === 'number' ? Number(value).toFixed(2) : value))),
    ).toEqual(rows.slice(1))
    const texts = 'by' in options ? 2 : 1
    expect(cells.slice(1).every((row) => row.every(({ type }, i) => (type === 'text') === i < texts))).toBe(
      true,
    )
  }
})
