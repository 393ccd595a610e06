import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alertsSetting } from '../../../server/config-file/alerts-setting.ts'
import { recordEvents } from '../../../server/alerts/record-events.ts'
import { connect } from '../../../server/database/connect.ts'
import { madeKeys } from '../../support/access-keys.ts'
import { receiver, secret, verified, type Receiver } from '../../support/alert-scene.ts'
import { chromiumPath } from '../../support/chromium.ts'
import { incidentEvent, toldIncident } from '../../support/told-incident.ts'
import { expectSoon, pageScene, press, type PageScene } from '../../support/page-scene.ts'

describe.skipIf(chromiumPath === undefined)('the page of alerts', () => {
  let scene: PageScene
  let onCall: Receiver
  beforeAll(async () => {
    onCall = await receiver()
    const channel = { name: 'on-call', type: 'webhook', url: `${onCall.url}/hook`, secret: '${SECRET}' }
    const alerts = alertsSetting.parse({
      channels: [{ ...channel, allowPrivate: true }],
      digests: [{ name: 'soup', channel: 'on-call', group: 'chain=Soup' }],
    })
    scene = await pageScene({ alerts, environment: { SECRET: secret } })
  })
  /** Not the incidents of the data. */
  const tests = () => onCall.received.filter(({ body }) => body.includes('"type":"test"'))
  afterAll(async () => {
    await scene[Symbol.asyncDispose]()
    await onCall[Symbol.asyncDispose]()
  })

  test('shows incidents: those that are open, and those of a week, with the stores that they are of', async () => {
    await using opened = await scene.open('/alerts')
    const { page } = opened
    const lines = page.getByRole('group', { name: 'Incidents' }).locator('tbody tr')
    await lines.first().waitFor()
    expect(await lines.first().innerText()).toMatch(
      /^No polls come for \d+ d.*\s+all stores\s+critical\s.*\sopen$/s,
    )
    await press(page.getByRole('radio', { name: '7 days' }), 'Space')
    const down = lines.filter({ hasText: 'atlanta-midtown-01' }).filter({ hasText: 'Down' }).first()
    await press(page.getByRole('button', { name: 'Older ones' }).first())
    await expectSoon(() => down.count()).toBe(1)
    expect(await down.innerText()).toMatch(/^Down 1 h 35 min of business time\s/)
    await press(down.getByRole('link'))
    await page.getByRole('heading', { name: 'atlanta-midtown-01' }).waitFor()
  })

  test('shows the digests, and when they are next', async () => {
    await using opened = await scene.open('/alerts')
    const line = opened.page.getByRole('row', { name: 'soup' }).first()
    await expectSoon(() => line.innerText()).toMatch(
      /^soup\s+chain=Soup\s+on-call\s+of each day, 07:00 UTC\s+\d{4}-\d\d-\d\d, /,
    )
  })

  test('holds back what is told, and ends that', async () => {
    await using opened = await scene.open('/alerts')
    const { page } = opened
    await page.getByText('Nothing is held back.').waitFor()
    await press(page.getByRole('button', { name: 'New silence …' }))
    const dialog = page.getByRole('dialog', { name: 'Hold back what is told' })
    await dialog.getByRole('textbox', { name: 'Group' }).fill('chain')
    await dialog.getByRole('textbox', { name: 'Why' }).fill('the power is out')
    await press(dialog.getByRole('button', { name: 'Hold back' }))
    await dialog
      .getByText(/label=value/)
      .last()
      .waitFor()
    await dialog.getByRole('textbox', { name: 'Group' }).fill('chain=Soup')
    await dialog.getByRole('combobox', { name: 'What' }).selectOption('down')
    await press(dialog.getByRole('button', { name: 'Hold back' }))
    const line = page.getByRole('group', { name: 'Silences' }).locator('tbody tr')
    await expectSoon(() => line.innerText()).toMatch(/^down; chain=Soup\s.*the power is out.*in force/s)
    await press(page.getByRole('button', { name: /^End it/ }))
    await expectSoon(() => line.innerText()).toMatch(/over\s*$/)
  })

  test('shows the rules, tries others, and puts them in force', async () => {
    await using opened = await scene.open('/alerts')
    const { page } = opened
    await page.getByText('The usual ones: nobody has said anything else.').waitFor()
    await press(page.getByRole('button', { name: 'Change …' }))
    const dialog = page.getByRole('dialog', { name: 'Rules of what is told' })
    const text = dialog.getByLabel('Rules')
    await expectSoon(() => text.inputValue()).toContain('condition: down')
    await text.fill('rules:\n  - condition: down\n    for: soon\n')
    await press(dialog.getByRole('button', { name: 'Try on' }))
    await dialog.getByText(/"soon" is not a duration/).waitFor()
    await text.fill('rules:\n  - condition: down\n    for: 1h\n    note: call them\n')
    await press(dialog.getByRole('button', { name: 'Try on' }))
    await expectSoon(() => dialog.getByRole('status').innerText()).toMatch(/nothing was sent.*Down\s+\d+/s)
    await press(dialog.getByRole('button', { name: 'Put in force' }))
    await expectSoon(() => page.getByRole('group', { name: 'Rules' }).locator('tbody').innerText()).toMatch(
      /^Down\s+all stores\s+error\s+for 1h, .*call them/,
    )
    await page.getByText(/^Version 1, of /).waitFor()
  })

  test('shows the channels, tests one, and has what was given up sent again', async () => {
    await using opened = await scene.open('/alerts')
    const { page } = opened
    const channel = page.getByRole('row', { name: 'on-call' })
    await expectSoon(() => channel.first().innerText()).toContain(`webhook: ${onCall.url}`)
    expect(await page.getByRole('link', { name: 'Alerts' }).getAttribute('aria-current')).toBe('page')
    await press(page.getByRole('button', { name: 'Test the channel on-call' }))
    const outcome = page.getByText('The test of on-call')
    await expectSoon(() => outcome.innerText()).toMatch(/^The test of on-call: delivered/)
    expect(tests().map((received) => verified(received)['type'])).toEqual(['test'])

    onCall.answer = (_, response) => void response.writeHead(410).end('gone')
    await press(page.getByRole('button', { name: 'Test the channel on-call' }))
    await expectSoon(() => outcome.innerText()).toMatch(
      /^The test of on-call: given up, tried 1 time \(.*410/,
    )
    await expectSoon(() => channel.first().innerText()).toContain('disabled since')
    await press(page.getByRole('radio', { name: 'Given up' }), 'Space')
    const messages = page.getByRole('group', { name: 'Messages' }).getByRole('row')
    await expectSoon(() => messages.count()).toBe(2)

    onCall.answer = (_, response) => void response.end('ok')
    await press(page.getByRole('button', { name: 'Test the channel on-call' }))
    await press(page.getByRole('button', { name: /^Send again/ }))
    await page.getByText('None.').waitFor()
    await expectSoon(() => tests().length).toBe(4)
    const [, givenUp, , again] = tests().map(({ request }) => request.headers['webhook-id'])
    expect(again).toBe(givenUp)
    expect(opened.complaints).toEqual([])
  })

  test('shows what was told, and has it acknowledged, and that taken back', async () => {
    await using db = await connect(scene.server.databaseUrl)
    const key = await toldIncident(db)
    await db.transaction().execute(async (tx) => {
      const event = await incidentEvent(tx, key, 'opened', Date.now(), { summary: 'Alpha is down' })
      await recordEvents(tx, [event], () => [], Date.now())
    })
    await using opened = await scene.open('/alerts')
    const { page } = opened
    const line = page.getByRole('group', { name: 'Told' }).locator('tbody tr').filter({ hasText: 'Alpha' })
    await expectSoon(() => line.innerText()).toMatch(/Alpha is down error\s.*\sopen\s/s)
    await press(line.getByRole('button', { name: 'Acknowledge …' }))
    const dialog = page.getByRole('dialog', { name: 'Acknowledge an incident' })
    await dialog.getByLabel('Note').fill('the oven')
    await dialog.getByLabel('For').selectOption('until it is over')
    await dialog.getByLabel('Your name').fill('Ann')
    await page.keyboard.press('Enter')
    await expectSoon(() => line.innerText()).toMatch(/Ann, the oven\s+Take back/)
    const { acknowledgement } = await scene.client.incident.get.query({ incidentId: key })
    expect(acknowledgement).toMatchObject({ by: 'Ann', note: 'the oven', until: null })
    await press(line.getByRole('button', { name: 'Take back' }))
    await line.getByRole('button', { name: 'Acknowledge …' }).waitFor()
    expect(opened.complaints).toEqual([])
  })

  test('tells who may only look, and offers nothing else', async () => {
    const [key = ''] = await madeKeys(scene.server.databaseUrl, [{ name: 'ann', role: 'viewer' }])
    await using opened = await scene.open('/alerts')
    const { page } = opened
    await page.getByLabel('Key').fill(key)
    await page.keyboard.press('Enter')
    await page.getByRole('row', { name: 'on-call' }).first().waitFor()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    expect(await page.getByRole('button', { name: /^(Test|Send again|Acknowledge)/ }).count()).toBe(0)
  })

  test('tells who may look at the stores of some groups of those alone, and not what was told of all', async () => {
    const [key = ''] = await madeKeys(scene.server.databaseUrl, [
      { name: 'bob', labels: [{ label: 'city', value: 'Atlanta' }] },
    ])
    await using opened = await scene.open('/alerts')
    const { page } = opened
    await page.getByLabel('Key').fill(key)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Incidents' }).waitFor()
    await page.getByText('None.').waitFor()
    expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual(['Incidents'])
  })
})
