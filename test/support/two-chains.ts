import { createStoreMonitorClient } from '../../client/index.ts'
import { madeKeys } from './access-keys.ts'
import { runningServer, type TestServer } from './running-server.ts'

/** Texts of which the owners of the other chain are to learn none. */
export const secrets = [
  'zz-rival',
  'Geheim',
  'hidden_label',
  'Rivale',
  'rival-author',
  'rival-reason',
  'rival.csv',
]

/** A server with the stores of two chains, and keys: for all stores, and for those of one chain. */
export interface TwoChains extends AsyncDisposable {
  readonly server: TestServer
  readonly admin: string
  /** Of the chain Soup, which may do everything that keys of groups may. */
  readonly soup: string
  readonly soupViewer: string
  /** By whose stores they are of. */
  readonly reports: Readonly<Record<'all' | 'soup' | 'rival' | 'soupByDay', string>>
  readonly corrections: Readonly<Record<'soup' | 'rival', number>>
}

const polls = ['soup-1', 'soup-2', 'zz-rival-1', 'zz-rival-2', 'zz-rival-3'].flatMap((store, i) =>
  Array.from({ length: 40 }, (_, hour) => {
    const at = new Date(Date.UTC(2023, 0, 23, hour, i)).toISOString()
    return `${store},${hour < 38 || store === 'soup-1' ? 'active' : 'inactive'},${at}`
  }),
)

export async function twoChains(): Promise<TwoChains> {
  await using parts = new AsyncDisposableStack()
  const server = parts.use(await runningServer())
  await server.upload(`store_id,status,timestamp_utc\n${polls.join('\n')}\n`, 'rival.csv')
  await server.upload(
    'store_id,name,chain,hidden_label\n' +
      'soup-1,One,Soup,\nsoup-2,Two,Soup,\nzz-rival-1,Rivale,Geheim,x\nzz-rival-2,Rivale,Geheim,x\nzz-rival-3,Rivale,Geheim,x\n',
    'rival.csv',
  )
  const [admin = '', soup = '', soupViewer = ''] = await madeKeys(server.databaseUrl, [
    { name: 'admin', role: 'admin' },
    { name: 'soup', role: 'operator', labels: [{ label: 'chain', value: 'Soup' }] },
    { name: 'soup-viewer', role: 'viewer', labels: [{ label: 'chain', value: 'Soup' }] },
  ])
  const client = createStoreMonitorClient({ url: server.url, key: admin })
  const reportOf = async (options: object) => {
    let id = ''
    for await (const { reportId } of client.runReport(options)) id = reportId
    return id
  }
  const correctionOf = async (storeId: string, whose: string) => {
    const time = { from: '2023-01-23T01:00:00Z', to: '2023-01-23T02:00:00Z' }
    const reason = { kind: 'excused', reason: `${whose}-reason`, author: `${whose}-author` } as const
    return (await client.correction.create.mutate({ storeId, ...time, ...reason })).correctionId
  }
  const corrections = {
    soup: await correctionOf('soup-2', 'soup'),
    rival: await correctionOf('zz-rival-1', 'rival'),
  }
  const byDay = { by: 'day', from: '2023-01-23', to: '2023-01-24' }
  const reports = {
    all: await reportOf({}),
    soup: await reportOf({ labels: ['chain=Soup'] }),
    rival: await reportOf({ labels: ['chain=Geheim'] }),
    soupByDay: await reportOf({ ...byDay, labels: ['chain=Soup'] }),
  }
  const owned = parts.move()
  return {
    server,
    admin,
    soup,
    soupViewer,
    reports,
    corrections,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
