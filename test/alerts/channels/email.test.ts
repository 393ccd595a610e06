import { afterEach, beforeEach, expect, test } from 'vitest'
import { alertScene, anEvent, type AlertScene } from '../../support/alert-scene.ts'
import { email, headerOf, mailServer } from '../../support/mail-server.ts'

let scene: AlertScene
beforeEach(async () => {
  scene = await alertScene()
})
afterEach(() => scene[Symbol.asyncDispose]())

test('a mail says what it is, and belongs to its incident', async () => {
  await using server = await mailServer()
  const alerts = await scene.alerting({ channels: [email(server.port)] })
  for (const sequence of [1, 2]) {
    await scene.record(['mail'], anEvent('Zürich', sequence))
    await alerts.deliverDue()
  }
  const [opened, resolved] = server.mails as [string, string]
  expect(headerOf(opened, 'Message-ID')).toMatch(/^<msg_\w{32}@example\.org>$/)
  expect(headerOf(resolved, 'Message-ID')).not.toBe(headerOf(opened, 'Message-ID'))
  expect(headerOf(resolved, 'References')).toBe(headerOf(opened, 'References'))
  expect(headerOf(opened, 'References')).toMatch(/^<incident-\w{32}@example\.org>$/)
  expect(headerOf(opened, 'Auto-Submitted')).toBe('auto-generated')
  expect(headerOf(opened, 'List-Unsubscribe')).toBe('<mailto:monitor@example.org?subject=unsubscribe>')
  expect(headerOf(opened, 'To')).toBe('ann@example.org, bob@example.org')
  expect(headerOf(opened, 'Subject')).toMatch(/Z=C3=BCrich/)
})

test.each([
  ['connect', 421],
  ['sender', 451],
  ['recipient', 451],
  ['end', 451],
] as const)(
  'what is refused for a while at the %s is sent again, with the same Message-ID',
  async (at, code) => {
    await using server = await mailServer()
    server.refused.push({ at, code })
    const alerts = await scene.alerting({ channels: [email(server.port)] })
    await scene.record(['mail'], anEvent('a'))
    await alerts.deliverDue()
    expect(await alerts.channels()).toMatchObject([{ state: 'failing', waiting: 1 }])
    scene.nowMs += 10_000
    await alerts.deliverDue()
    expect(await alerts.channels()).toMatchObject([{ state: 'ok', waiting: 0, dead: 0 }])
    expect(new Set(server.mails.map((mail) => headerOf(mail, 'Message-ID'))).size).toBe(1)
  },
)

test('what is refused for good is given up, and one of several is told', async () => {
  await using server = await mailServer()
  const alerts = await scene.alerting({ channels: [email(server.port)] })
  server.refused.push({ at: 'recipient', code: 550 })
  expect(await alerts.test('mail')).toMatchObject({
    state: 'delivered',
    answer: expect.stringMatching(/^250 .*, but .*550/) as string,
  })
  server.refused.push({ at: 'sender', code: 550 })
  expect(await alerts.test('mail')).toMatchObject({
    state: 'dead',
    answer: expect.stringContaining('550') as string,
  })
})

test('what says nothing of TLS is not told a password, and one that is wrong may be set right', async () => {
  await using server = await mailServer({
    authOptional: false,
    allowInsecureAuth: true,
    authMethods: ['PLAIN'],
    onAuth: ({ username, password }, _, done) =>
      password === 'right' ? done(null, { user: username! }) : done(new Error('wrong')),
  })
  const setting = { ...email(server.port), user: 'monitor', password: '${PASS}' }
  const secure = await scene.alerting(
    { channels: [{ ...setting, tls: 'starttls' }] },
    { environment: { PASS: 'right' } },
  )
  expect(await secure.test('mail')).toMatchObject({ state: 'waiting' })
  expect(server.mails).toEqual([])
  const wrong = await scene.alerting({ channels: [setting] }, { environment: { PASS: 'hidden' } })
  const refused = await wrong.test('mail')
  expect(refused).toMatchObject({ state: 'waiting', answer: expect.stringContaining('535') as string })
  expect(JSON.stringify(refused)).not.toContain('hidden')
  const right = await scene.alerting({ channels: [setting] }, { environment: { PASS: 'right' } })
  expect(await right.test('mail')).toMatchObject({ state: 'delivered' })
})

test('nobody is connected to without the password', async () => {
  await using server = await mailServer()
  const setting = { ...email(server.port), user: 'monitor', password: 'file:/nowhere/password' }
  const alerts = await scene.alerting({ channels: [setting] })
  expect(await alerts.test('mail')).toMatchObject({ state: 'waiting' })
  const others = await scene.alerting({ channels: [email(server.port)] })
  expect(await others.test('mail')).toMatchObject({ state: 'delivered' })
  expect(server.connections).toBe(1)
})

test('no byte goes to a mail server of this network, whatever it is called', async () => {
  await using server = await mailServer()
  for (const host of ['127.0.0.1', '2130706433', 'localhost', '::ffff:127.0.0.1']) {
    const channels = [{ ...email(server.port), host, allowPrivate: false }]
    const alerts = await scene.alerting({ channels })
    expect(await alerts.test('mail')).toMatchObject({
      state: 'waiting',
      answer: expect.stringContaining('is no address of the public internet') as string,
    })
  }
  expect(server.connections).toBe(0)
})
