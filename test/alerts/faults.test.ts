import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Alerts } from '../../server/alerts/alerts.ts'
import { createRandom } from '../bench/random.ts'
import { alertScene, anEvent, secret, type AlertScene } from '../support/alert-scene.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeFaulty, wrongIn } from './faulty-receiver.ts'

/** `FAULTS=10000 npx vitest run test/alerts/faults.test.ts` is the long form. */
const wanted = Number(process.env['FAULTS'] ?? 100)
const kills = Math.ceil(wanted / 50)
const seed = Number(process.env['FAULT_SEED'] ?? 1)

function setting({ receiver }: AlertScene) {
  return {
    channels: [{ name: 'ops', type: 'webhook' as const, url: receiver.url, secret, allowPrivate: true }],
  }
}

/** Delivers until nothing waits any more; what was not tried yet waits for what was. */
async function deliverAll(scene: AlertScene, alerts: Alerts): Promise<void> {
  for (;;) {
    await alerts.deliverDue()
    const next = await scene.db
      .selectFrom('outbox')
      .select('due_at')
      .where('state', '=', 'waiting')
      .orderBy(({ eb }) => eb('attempts', '=', 0))
      .orderBy('due_at')
      .limit(1)
      .executeTakeFirst()
    if (next === undefined) return
    scene.nowMs = Math.max(scene.nowMs + 1000, next.due_at)
  }
}

test(
  'whatever a receiver answers, nothing is lost, comes with two ids, or out of order, and each signature is right',
  { timeout: 60_000 + wanted * 100 },
  async () => {
    await using scene = await alertScene()
    const late = new Set<AbortController>()
    const hang = () =>
      void setImmediate(() => {
        for (const one of late) one.abort()
        late.clear()
      })
    const tooLate = () => {
      const one = new AbortController()
      late.add(one)
      return one.signal
    }
    const faults = makeFaulty(scene.receiver, createRandom(seed), { hang })
    const alerts = await scene.alerting(setting(scene), { tooLate })
    const events = []
    for (let round = 0; faults.count < wanted; round++) {
      for (let i = 0; i < 20; i++) {
        const incident = `i${round}-${i}`
        events.push(...[1, 2, 3].map((sequence) => anEvent(incident, sequence)))
      }
      await scene.record(['ops'], ...events.slice(-60))
      await deliverAll(scene, alerts)
    }
    expect(wrongIn(faults, events)).toEqual([])
    expect(await alerts.channels()).toMatchObject([{ state: 'ok', waiting: 0, dead: 0 }])
    expect(faults.count).toBeGreaterThanOrEqual(wanted)
  },
)

/** A process that records what happens, and delivers it to a receiver, until it is killed. */
async function program(folder: string, scene: AlertScene): Promise<string> {
  const path = `${folder}/program.ts`
  const from = (module: string) => JSON.stringify(new URL(`../../server/${module}.ts`, import.meta.url).href)
  await writeFile(
    path,
    `
    import { createAlerts } from ${from('alerts/alerts')}
    import { alertsSetting } from ${from('config-file/alerts-setting')}
    import { connect } from ${from('database/connect')}
    const [run, nowMs] = process.argv.slice(2)
    const url = ${JSON.stringify(scene.database.url)}
    const db = await connect(url)
    let now = Number(nowMs)
    const alerts = createAlerts({
      setting: alertsSetting.parse(${JSON.stringify(setting(scene))}),
      environment: {},
      reading: await connect(url, { readOnly: true }),
      writing: db,
      version: '0',
      publicUrl: undefined,
      now: () => now,
      random: Math.random,
      writeLine: async () => {},
      observe() {},
      onNotice() {},
      onError: (error) => console.error(error),
    })
    const payload = { severity: 'error', condition: 'down', summary: 'x' }
    for (let i = 0; ; i++) {
      const at = (now += 400_000)
      const incident = \`r\${run}-\${i}\`
      await db.transaction().execute((tx) =>
        alerts.record(tx, ['opened', 'reopened'].map((kind, j) => ({ incident, sequence: j + 1, kind, at, payload }))),
      )
      const delivering = alerts.deliverDue()
      await db.transaction().execute((tx) =>
        alerts.record(tx, [{ incident, sequence: 3, kind: 'reopened', at, payload }]),
      )
      await delivering
    }`,
  )
  return path
}

test(
  'wherever a process is killed, nothing is lost, comes with two ids, or out of order',
  { timeout: 60_000 + kills * 10_000 },
  async () => {
    await using scene = await alertScene()
    await using folder = await temporaryFolder()
    const path = await program(folder.path, scene)
    const random = createRandom(seed)
    let requests = 0
    let kill: (() => void) | undefined
    const faults = makeFaulty(scene.receiver, random, {
      onRequest: () => {
        if (--requests === 0) kill?.()
      },
    })
    for (let run = 0; run < kills; run++) {
      requests = 5 + Math.floor(random() * 60)
      const child = spawn(process.execPath, [path, String(run), String(scene.nowMs)], {
        stdio: ['ignore', 'inherit', 'inherit'],
      })
      // In the middle of an answer, or of what is done with it.
      const turns = Math.floor(random() * 4)
      kill = () => afterTurns(turns, () => child.kill('SIGKILL'))
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
      expect([code, signal]).toEqual([null, 'SIGKILL'])
      // As if their time had run out.
      await scene.db
        .updateTable('outbox')
        .set({ claimed_until: 1 })
        .where('claimed_until', 'is not', null)
        .execute()
    }
    kill = undefined
    const alerts = await scene.alerting(setting(scene))
    await deliverAll(scene, alerts)
    const events = await scene.db.selectFrom('alert_event').select(['incident', 'sequence']).execute()
    expect(events.length).toBeGreaterThan(kills)
    expect(wrongIn(faults, events)).toEqual([])
    expect(await alerts.channels()).toMatchObject([{ state: 'ok', waiting: 0, dead: 0 }])
  },
)

function afterTurns(turns: number, act: () => void): void {
  if (turns === 0) act()
  else setImmediate(() => afterTurns(turns - 1, act))
}
