import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createStoreMonitorClient, type OutageRow, type StoreMonitorClient } from '../../client/index.ts'
import { outageCsvHeader, outageCsvLine, segmentCsvHeader, segmentCsvLine } from '../../shared/insight-csv.ts'
import { caseNames, casesFolder } from '../support/cases.ts'
import { runCli } from '../support/run-cli.ts'
import { runningServer } from '../support/running-server.ts'

interface Output {
  readonly file: string
  readonly outages?: boolean
  readonly from?: string
  readonly to?: string
  readonly explain?: string
  readonly window?: string
}

interface Case {
  readonly options: { as_of?: string; reach_hours?: number }
  readonly also?: readonly Output[]
}

const outputs = caseNames.flatMap((name) => {
  const folder = join(casesFolder, name)
  const { options, also = [] } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as Case
  const answered = also.filter(({ outages, explain }) => outages === true || explain !== undefined)
  return answered.map((output) => {
    const [since = output.from!, until = output.to!] = output.window?.split('/') ?? []
    return {
      name,
      folder,
      store: output.explain,
      expected: readFileSync(join(folder, output.file), 'utf8'),
      file: output.file,
      range: { since, until },
      judging: {
        ...(options.as_of === undefined ? {} : { asOf: options.as_of }),
        ...(options.reach_hours === undefined ? {} : { reach: `${options.reach_hours}h` }),
      },
    }
  })
})

describe('byte for byte', { timeout: 120_000 }, () => {
  test('there are lists of outages and explanations', () => {
    expect(outputs.map(({ name }) => name.slice(0, 2))).toEqual(['22', '22', '23', '24', '24', '26'])
  })

  test.for(outputs)('$file of $name over tRPC, REST and the command line', async (output) => {
    const { folder, store, expected, range, judging } = output
    await using server = await runningServer()
    await server.uploadCase(folder)

    const client = createStoreMonitorClient({ url: server.url })
    expect(await csvOverTrpc(client, output)).toBe(expected)

    const url = new URL(store === undefined ? '/outages' : `/stores/${store}/timeline`, server.url)
    const { asOf, reach } = judging
    const fields = { ...range, ...(asOf && { as_of: asOf }), ...(reach && { reach }), format: 'csv' }
    url.search = new URLSearchParams(fields).toString()
    const answer = await fetch(url)
    expect(await answer.text()).toBe(expected)
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')

    const command = store === undefined ? ['outages'] : ['explain', store]
    const options = Object.entries({ ...range, ...judging }).flatMap(([name, value]) => [
      name === 'asOf' ? '--as-of' : `--${name}`,
      value,
    ])
    const [onServer, onFiles] = await Promise.all([
      runCli([...command, ...options, '--format', 'csv', '--url', server.url]),
      runCli([...command, ...options, '--from', folder]),
    ])
    expect(onServer).toMatchObject({ exitCode: 0, stdout: expected })
    expect(onFiles).toMatchObject({ exitCode: 0, stdout: expected })
    expect(server.errors).toEqual([])
  })
})

async function csvOverTrpc(
  client: StoreMonitorClient,
  { store, range, judging }: (typeof outputs)[number],
): Promise<string> {
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
