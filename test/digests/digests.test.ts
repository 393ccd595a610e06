import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DigestsParts } from '../../server/digests/digests.ts'
import type { AlertEventKind } from '../../shared/alert-kinds.ts'
import type { DigestContent } from '../../shared/digest.ts'
import { reportOptions } from '../../shared/report.ts'
import { anEvent, secret, verified } from '../support/alert-scene.ts'
import { digestScene, type DigestScene, type DigestServer } from '../support/digest-scene.ts'
import { email, headerOf, mailServer } from '../support/mail-server.ts'

const SOUP = { name: 'soup', channel: 'mail', group: 'chain=Soup', zone: 'Europe/Berlin' }
const SUNDAY = '2026-10-04'

let scene: DigestScene
let parts: AsyncDisposableStack
let mails: string[]
let port: number
beforeEach(async () => {
  parts = new AsyncDisposableStack()
  scene = parts.use(await digestScene())
  const server = parts.use(await mailServer())
  mails = server.mails
  port = server.port
})
afterEach(() => parts.disposeAsync())

function at(time: string): void {
  scene.alerts.nowMs = Date.parse(time)
}

const soup = (others: Partial<DigestsParts> = {}) =>
  scene.server({ channels: [email(port)], digests: [SOUP] }, others)

async function look({ digests, alerts }: DigestServer): Promise<void> {
  await digests.tellDue()
  await alerts.deliverDue()
}

/** Known since the Saturday before. */
async function begun(): Promise<void> {
  at('2026-10-03T12:00:00Z')
  await look(await soup())
  expect(mails).toEqual([])
}

function attachmentOf(mail: string): Buffer {
  const [, body = ''] = /filename=\S+\r\n(?:Content-\S+ .*\r\n)*\r\n([\w+/=\r\n]+)\r\n--/.exec(mail) ?? []
  return Buffer.from(body, 'base64')
}

function textOf(mail: string): string {
  const [header = '', encoding] = /Content-Transfer-Encoding: (\S+)/.exec(mail)!
  const from = mail.indexOf('\r\n\r\n', Math.max(mail.indexOf('text/plain'), mail.indexOf(header)))
  const body = mail.slice(from + 4).split('\r\n--', 1)[0]!
  const bytes = body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const text =
    encoding === 'base64'
      ? Buffer.from(body, 'base64')
      : Buffer.from(encoding === 'quoted-printable' ? bytes : body, 'latin1')
  return text.toString().replaceAll('\r\n', '\n')
}

function events() {
  return scene.alerts.db.selectFrom('alert_event').selectAll().orderBy('event_key').execute()
}

test('it is told once, when it is due, with what was up and down and the bytes of the report', async () => {
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-05T04:00:00Z')
  await begun()
  const server = await soup()
  at('2026-10-04T05:00:00Z')
  await look(server)
  expect(mails).toHaveLength(1)
  at('2026-10-05T04:59:59Z')
  await look(server)
  expect(mails).toHaveLength(1)
  at('2026-10-05T05:00:00Z')
  await look(server)
  await look(await soup())
  expect(mails).toHaveLength(2)
  const mail = mails[1]!
  expect(textOf(mail).split('\n')).toEqual([
    `soup ${SUNDAY}, 2 stores of chain=Soup`,
    'Uptime 87.50 %, −12.50 points (the day before: 100.00 %)',
    'Down 6 h 00 min, unknown 0 min',
    'Incidents: 1 down',
    'Longest down:',
    '  Two (soup-1): 6 h 00 min, 75.00 % uptime',
    '',
    'The report is attached.',
    '',
    expect.stringMatching(/^https:\/\/monitor\.example\.org\/reports\/[\w-]{36}\.csv$/) as string,
    '',
  ])
  const options = { by: 'day', from: '2026-10-03', to: SUNDAY, asOf: '2026-10-05T05:00:00Z' } as const
  const asked = reportOptions.parse({ ...options, labels: ['chain=Soup'] })
  const { reportId } = await scene.runner.trigger(asked)
  for await (const _ of scene.runner.watch(reportId));
  expect(attachmentOf(mail).equals(await scene.reportCsv(reportId))).toBe(true)
  expect(headerOf(mail, 'Message-ID')).toMatch(/^<msg_\w{32}@/)
  expect((await events()).map(({ incident, kind }) => [incident, kind])).toEqual([
    ['digest-soup-2026-10-03', 'digest'],
    ['digest-soup-2026-10-04', 'digest'],
  ])
  expect(scene.errors).toEqual([])
})

const killed = () => Promise.reject(new Error('killed'))

/** A server whose process ends at a step; what it had claimed stays so. */
const ends: Readonly<Record<string, () => Partial<DigestsParts>>> = {
  'before the report is begun': () => ({
    reports: { ...scene.runner, trigger: killed },
  }),
  'when the report is begun': () => ({
    reports: {
      ...scene.runner,
      async trigger(...given) {
        await scene.runner.trigger(...given)
        return killed()
      },
    },
  }),
  'when the report is made': () => ({ reportCsv: killed }),
  'before it is recorded': () => ({
    now: (() => {
      let asked = 0
      return () => {
        asked++
        if (asked > 2) throw new Error('killed')
        return scene.alerts.nowMs
      }
    })(),
  }),
}

test.each(Object.keys(ends))('killed %s, it is told once by the next that looks', async (step) => {
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-05T04:00:00Z')
  await begun()
  at('2026-10-05T05:00:00Z')
  const first = await soup(ends[step]!())
  await first.digests.tellDue()
  expect(scene.errors).toMatchObject([{ message: 'killed' }])
  expect(await events()).toEqual([])
  const next = await soup()
  // The first may be at it still.
  await look(next)
  expect(await events()).toEqual([])
  await scene.letClaimsRunOut()
  await look(next)
  await look(await soup())
  expect(mails).toHaveLength(1)
  expect(await events()).toHaveLength(1)
  const reports = await scene.alerts.db.selectFrom('report').select('state').execute()
  expect(reports).toEqual([{ state: 'complete' }])
})

test('killed when it is recorded and before it is delivered, it is delivered by the next', async () => {
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-05T04:00:00Z')
  await begun()
  at('2026-10-05T05:00:00Z')
  await (await soup()).digests.tellDue()
  expect(mails).toEqual([])
  await look(await soup())
  expect(mails).toHaveLength(1)
})

test('of several that look at once, one tells it', async () => {
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-05T04:00:00Z')
  await begun()
  at('2026-10-05T05:00:00Z')
  const servers = await Promise.all([soup(), soup(), soup()])
  await Promise.all(servers.map(({ digests }) => digests.tellDue()))
  await Promise.all(servers.map(({ alerts }) => alerts.deliverDue()))
  expect(await events()).toHaveLength(1)
  expect(mails).toHaveLength(1)
})

test('who lost it to another while making it tells nothing', async () => {
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-05T04:00:00Z')
  await begun()
  at('2026-10-05T05:00:00Z')
  const other = await soup()
  const slow = await soup({
    async reportCsv(id) {
      await scene.letClaimsRunOut()
      await look(other)
      return { async *bytes() {}, name: id }
    },
  })
  await look(slow)
  expect(await events()).toHaveLength(1)
  expect(mails).toHaveLength(1)
})

test('a late feed is waited for, for three hours at most', async () => {
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-04T18:00:00Z')
  await begun()
  const server = await soup()
  at('2026-10-05T07:59:59Z')
  await look(server)
  expect(mails).toEqual([])
  expect((await server.digests.list())[0]).toMatchObject({
    last: null,
    next: { period: SUNDAY, dueAt: '2026-10-05T05:00:00Z' },
  })
  at('2026-10-05T08:00:00Z')
  await look(server)
  expect(mails).toHaveLength(1)
  expect(textOf(mails[0]!)).toContain(
    'The feed is late: the latest poll is of 2026-10-04 18:00 UTC, and what is missing of the day is unknown.',
  )
  await scene.polls('2026-10-04T19:00:00Z', '2026-10-06T04:00:00Z')
  await look(server)
  expect(mails).toHaveLength(1)
})

test('a late feed that comes in time is told of at once, as any other', async () => {
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-04T18:00:00Z')
  await begun()
  const server = await soup()
  at('2026-10-05T06:00:00Z')
  await look(server)
  await scene.polls('2026-10-04T19:00:00Z', '2026-10-05T04:00:00Z')
  await look(server)
  expect(mails).toHaveLength(1)
  expect(textOf(mails[0]!)).not.toContain('late')
})

test('after a stop of days only the latest is told', async () => {
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-08T12:00:00Z')
  await begun()
  at('2026-10-08T12:00:00Z')
  const server = await soup()
  await look(server)
  expect((await events()).map(({ incident }) => incident)).toEqual(['digest-soup-2026-10-07'])
  expect(await server.digests.list()).toMatchObject([
    {
      name: 'soup',
      channel: 'mail',
      group: ['chain=Soup'],
      at: '07:00',
      last: { period: '2026-10-07', recordedAt: '2026-10-08T12:00:00Z', incident: 'digest-soup-2026-10-07' },
      next: { period: '2026-10-08', dueAt: '2026-10-09T05:00:00Z' },
    },
  ])
})

test('where no polls have come for weeks, it is told all the same, with what is still open', async () => {
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-04T18:00:00Z')
  await begun()
  at('2026-12-01T12:00:00Z')
  await look(await scene.server({ channels: [email(port)], digests: [{ name: 'all', channel: 'mail' }] }))
  expect(mails).toEqual([])
  at('2026-12-02T12:00:00Z')
  await look(await scene.server({ channels: [email(port)], digests: [{ name: 'all', channel: 'mail' }] }))
  const text = textOf(mails[0]!)
  expect(text).toContain('The feed is late: the latest poll is of 2026-10-04 18:00 UTC')
  expect(text).toMatch(/^Incidents: .*0 late \(1 open at the end\)$/m)
})

test('where no polls have ever come, it says so', async () => {
  await begun()
  at('2026-10-05T08:00:00Z')
  await look(await soup())
  expect(textOf(mails[0]!)).toContain('soup 2026-10-04, stores of chain=Soup\nNo polls have come yet.')
})

test('it is held back by no quiet hours and no limit, and is a message of its own', async () => {
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-05T04:00:00Z')
  await begun()
  const quiet = { ...email(port), zone: 'Europe/Berlin', quiet: { from: '22:00', to: '09:00' } }
  const server = await scene.server({ channels: [quiet], digests: [SOUP] })
  at('2026-10-05T05:00:00Z')
  for (let i = 0; i < 20; i++) {
    await scene.alerts.db
      .insertInto('alert_sent')
      .values({ channel: 'mail', route: 'all', at: scene.alerts.nowMs - 1000 })
      .execute()
  }
  await scene.alerts.record(['mail'], anEvent('soup-1'))
  await look(server)
  expect(mails).toHaveLength(1)
  expect(textOf(mails[0]!)).not.toContain('soup-1 is down')
  at('2026-10-05T07:00:00Z')
  await look(server)
  expect(mails).toHaveLength(2)
  expect(textOf(mails[1]!)).toContain('soup-1 is down')
  const sent = await scene.alerts.db.selectFrom('alert_sent').selectAll().execute()
  expect(sent.map(({ route }) => route)).not.toContain('digest soup')
})

test('a report that is too large is a link, and one that is gone is said to be so', async () => {
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-05T04:00:00Z')
  await begun()
  at('2026-10-05T05:00:00Z')
  const server = await soup({
    reportCsv: () =>
      Promise.resolve({
        async *bytes() {
          yield new Uint8Array(10_000_001)
        },
      }),
  })
  await look(server)
  expect(textOf(mails[0]!)).toMatch(
    /The report has 10 MB, which is too much for a mail; it is here:\n\nhttps:\/\/monitor\.example\.org\/reports\/\S+\.csv\n/,
  )
  expect(mails[0]).not.toContain('filename=')
  await scene.polls('2026-10-05T05:00:00Z', '2026-10-06T04:00:00Z')
  at('2026-10-06T05:00:00Z')
  const other = await soup()
  await other.digests.tellDue()
  await scene.alerts.db.deleteFrom('report').execute()
  await other.alerts.deliverDue()
  expect(textOf(mails[1]!)).toContain('Its report has been deleted since.')
})

test('programs are told the figures', async () => {
  await scene.import('revenue.csv', 'store_id,revenue_per_hour\nsoup-1,100\n')
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-05T04:00:00Z')
  const { receiver } = scene.alerts
  const hook = { name: 'hook', type: 'webhook' as const, url: receiver.url, secret, allowPrivate: true }
  const given = {
    channels: [hook],
    digests: [
      { name: 'all', channel: 'hook' },
      { name: 'rice', channel: 'hook', group: 'chain=Rice' },
    ],
  }
  const labels = ['chain=Soup']
  const payload = JSON.stringify({ severity: 'error', condition: 'down', summary: 'x', labels })
  const event = { sequence: 1, at: Date.parse('2026-10-04T13:00:00Z'), payload }
  const recorded = (...events: readonly { readonly incident: string; kind: AlertEventKind; at?: number }[]) =>
    scene.alerts.db
      .insertInto('alert_event')
      .values(events.map((one) => ({ ...event, ...one })))
      .execute()
  await recorded({ incident: 'known before', kind: 'late' })
  at('2026-10-04T12:00:00Z')
  await look(await scene.server(given))
  await recorded(
    { incident: 'a', kind: 'late' },
    { incident: 'b', kind: 'withdrawn' },
    { incident: 'c', kind: 'opened' },
    { incident: 'of long ago', kind: 'late', at: Date.parse('2026-09-01T13:00:00Z') },
  )
  at('2026-10-05T07:00:00Z')
  await look(await scene.server(given))
  // Both are sent at once: either may arrive first.
  const told = receiver.received.map((one) => verified(one) as { readonly data: DigestContent })
  const toldOf = (digest: string) => told.filter(({ data }) => data.digest === digest)
  expect(told).toHaveLength(2)
  expect(toldOf('all')).toMatchObject([
    {
      type: 'digest',
      timestamp: '2026-10-05T07:00:00Z',
      data: {
        incident: 'digest-all-2026-10-04',
        sequence: 1,
        summary: 'all 2026-10-04: 91.67 % uptime, −8.33 points',
        digest: 'all',
        group: [],
        every: 'day',
        period: SUNDAY,
        isFeedLate: false,
        figures: {
          stores: 3,
          uptimePercent: 91.67,
          uptimePercentBefore: 100,
          downtimeMs: 6 * 3_600_000,
          unknownMs: 0,
          worst: [{ storeId: 'soup-1', uptimePercent: 75, downtimeMs: 6 * 3_600_000 }],
          incidents: [{ condition: 'down', opened: 1, open: 0 }],
          late: 2,
          withdrawn: 1,
          onlyHere: 1,
          salesAtRisk: [{ currency: null, stores: 1, middle: 600 }],
        },
        reportId: expect.any(String) as string,
      },
    },
  ])
  const ofRice = { late: 0, withdrawn: 0, onlyHere: 0, salesAtRisk: [], worst: [] }
  expect(toldOf('rice')).toMatchObject([{ data: { figures: ofRice } }])
  // The same again, and what the next one will have.
  const { digests } = await scene.server(given)
  const again = await digests.preview({ name: 'all' })
  expect(again.content.figures).toMatchObject({ late: 2, withdrawn: 1 })
  expect(again.text).toContain(
    'Of what was recorded of incidents: 2 were over when they were found, 1 was withdrawn, 1 is told nowhere else\n',
  )
  await recorded({ incident: 'e', kind: 'late' })
  at('2026-10-06T07:00:00Z')
  expect((await digests.preview({ name: 'all' })).content.figures).toMatchObject({ late: 1, withdrawn: 0 })
})

test('a preview shows what would be told, and nothing is sent or kept', async () => {
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-05T04:00:00Z')
  at('2026-10-05T12:00:00Z')
  const { digests } = await soup()
  const preview = await digests.preview({ name: 'soup' })
  expect(preview).toMatchObject({
    subject: `soup ${SUNDAY}: 87.50 % uptime, −12.50 points`,
    content: { period: SUNDAY, reportId: null, csvBytes: expect.any(Number) as number },
  })
  expect(await digests.preview({ name: 'soup', date: '2026-10-03' })).toMatchObject({
    content: {
      period: '2026-10-03',
      figures: { uptimePercent: 100, uptimePercentBefore: 100, incidents: [] },
    },
  })
  const before = await digests.preview({ name: 'soup', date: '2026-09-29' })
  expect(before.content.figures).toMatchObject({ uptimePercent: null, unheard: 2 })
  expect(before.text).toContain('\nNothing is known of 2 stores\n')
  await expect(digests.preview({ name: 'soup', date: '2026-10-05' })).rejects.toThrow(
    'date "2026-10-05": the day 2026-10-05 is not over in Europe/Berlin: write one up to 2026-10-04',
  )
  await expect(digests.preview({ name: 'none' })).rejects.toThrow('there is no digest "none": there are soup')
  expect(await events()).toEqual([])
  expect(await scene.alerts.db.selectFrom('report').select('report_id').execute()).toEqual([])
  expect(await scene.alerts.db.selectFrom('digest').selectAll().execute()).toEqual([])
})

test.each(['when its report is begun', 'when it is made'])(
  'a preview that fails %s leaves no report behind',
  async (step) => {
    await scene.polls('2026-10-02T00:00:00Z', '2026-10-05T04:00:00Z')
    at('2026-10-05T12:00:00Z')
    const reports: DigestsParts['reports'] = {
      ...scene.runner,
      async *watch() {},
    }
    const { digests } = await soup(step === 'when it is made' ? { reportCsv: killed } : { reports })
    await expect(digests.preview({ name: 'soup' })).rejects.toThrow(/killed|it is gone/)
    expect(await scene.alerts.db.selectFrom('report').select('state').execute()).toEqual([])
  },
)

test('of a group without stores nothing is known, and where none was down, nothing was lost', async () => {
  await scene.import('revenue.csv', 'store_id,revenue_per_hour\nsoup-2,100\n')
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-05T04:00:00Z')
  at('2026-10-05T12:00:00Z')
  const { digests } = await scene.server({
    channels: [email(port)],
    digests: [
      { name: 'nothing', channel: 'mail', group: 'chain=Salad' },
      { name: 'rice', channel: 'mail', group: 'chain=Rice' },
    ],
  })
  const nothing = await digests.preview({ name: 'nothing' })
  expect(nothing.text).toBe(
    [
      'nothing 2026-10-04, 0 stores of chain=Salad',
      'Uptime not known',
      'Down 0 min, unknown 0 min',
      'Incidents: none',
    ].join('\n'),
  )
  expect(nothing.subject).toBe('nothing 2026-10-04: uptime not known')
  expect((await digests.preview({ name: 'rice' })).content.figures).toMatchObject({
    salesAtRisk: [],
    incidents: [],
  })
})

test('people in chats are told it in words, with a link to the report', async () => {
  await scene.polls('2026-10-02T00:00:00Z', '2026-10-05T04:00:00Z')
  const { receiver } = scene.alerts
  const to = { url: receiver.url, allowPrivate: true }
  const given = {
    channels: [
      { name: 'chat', type: 'slack' as const, ...to },
      { name: 'team', type: 'teams' as const, ...to },
    ],
    digests: [
      { name: 'in-chat', channel: 'chat' },
      { name: 'in-team', channel: 'team' },
    ],
  }
  at('2026-10-04T12:00:00Z')
  await look(await scene.server(given))
  at('2026-10-05T07:00:00Z')
  await look(await scene.server(given))
  const bodies = receiver.received.map(({ body }) => body)
  const link = /https:\/\/monitor\.example\.org\/reports\/[\w-]{36}\.csv/
  const chat = bodies.find((body) => body.includes('in-chat'))!
  expect((JSON.parse(chat) as { text: string }).text).toMatch(
    /^in-chat 2026-10-04, all 3 stores\nUptime 91\.67 %/,
  )
  expect(chat).toMatch(link)
  const team = bodies.find((body) => body.includes('in-team'))!
  expect(team).toMatch(link)
  expect(team).toContain('Two (soup-1): 6 h 00 min')
})
