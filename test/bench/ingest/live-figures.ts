import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { spreadOf, type Figure } from '../figures.ts'
import { createHttpClient, get, type HttpClient } from '../http.ts'
import { removeDatabase } from '../import-bench.ts'
import { startBenchServer } from '../server.ts'
import type { IngestScene } from './ingest-scene.ts'
import { createPollStream, type PollStream } from './scene.ts'

const ASKED = 30
const BATCH = 1000
const SUBSCRIBERS = 100
const POLLS_A_SECOND = 1000
const PUSHES_A_SECOND = 10

/** What it takes to know who is down, and to tell many of it. */
export async function liveFigures(scene: IngestScene): Promise<Figure[]> {
  const { bench, ids, amounts, fromHour } = scene
  const path = scene.copy('live')
  const figures: Figure[] = []
  {
    await using server = await startBenchServer(bench.programs, path)
    using client = createHttpClient(server.url)
    const polls = createPollStream(ids, fromHour)
    const first = await msOfAsking(client)
    const quiet: number[] = []
    const afterPush: number[] = []
    for (let i = 0; i < ASKED; i++) {
      await push(client, polls, BATCH)
      afterPush.push(await msOfAsking(client))
      quiet.push(await msOfAsking(client))
    }
    const goal = { of: 'figure', most: 10 } as const
    figures.push(
      { name: 'who is down, asked for the first time', unit: 'ms', ours: spreadOf([first]) },
      { name: 'who is down', unit: 'ms', ours: spreadOf(quiet), goal },
      { name: 'who is down, right after a push of 1,000 polls', unit: 'ms', ours: spreadOf(afterPush) },
    )

    const seconds = amounts.singlesMs / 1000
    const answeringMs = async () => {
      const before = (await server.tell()).answeringCpuMs
      await pushEvenly(client, polls, amounts.singlesMs)
      return ((await server.tell()).answeringCpuMs - before) / seconds
    }
    const unheard = await answeringMs()
    await using subscribers = await subscribe(server.url)
    const heard = await answeringMs()
    subscribers.requireTold()
    figures.push({
      name: 'a second of 1,000 polls told to 100 subscribers, CPU of the thread that answers',
      unit: 'ms',
      ours: spreadOf([heard]),
      baseline: { name: 'told to nobody', value: spreadOf([unheard]) },
      note: `${(heard / 10).toFixed(1)} % of a core, the pushes included`,
    })
    figures.push({
      name: 'the same, for the telling',
      unit: 'ms',
      ours: spreadOf([Math.max(0, heard - unheard)]),
      goal: { of: 'figure', most: 50 },
    })
  }
  removeDatabase(path)
  return figures
}

async function msOfAsking(client: HttpClient): Promise<number> {
  const start = performance.now()
  await get(client, '/down-stores?limit=50')
  return performance.now() - start
}

async function push(client: HttpClient, polls: PollStream, count: number): Promise<void> {
  const body = Readable.from([polls.next(count, 'json')])
  const { status } = await client.send('POST', '/polls', body, { 'content-type': 'application/json' })
  if (status !== 200) throw new Error(`a push was answered with ${status}`)
}

async function pushEvenly(client: HttpClient, polls: PollStream, forMs: number): Promise<void> {
  const start = performance.now()
  for (let i = 0; ; i++) {
    const due = start + (i * 1000) / PUSHES_A_SECOND
    if (due >= start + forMs) return
    await delay(Math.max(0, due - performance.now()))
    await push(client, polls, POLLS_A_SECOND / PUSHES_A_SECOND)
  }
}

interface Subscribers extends AsyncDisposable {
  /** Throws where one of them was told nothing but how things were. */
  requireTold(): void
}

async function subscribe(url: string): Promise<Subscribers> {
  const agent = new Agent({ keepAlive: true })
  const events = Array.from({ length: SUBSCRIBERS }, () => 0)
  const asked = events.map((_, i) => {
    const sent = request(new URL('/events', url), { agent })
    sent.on('response', (response: IncomingMessage) => {
      response.setEncoding('latin1')
      response.on('data', (text: string) => (events[i]! += text.split('event: ').length - 1))
      response.on('error', () => {}) // it is cut in the end
    })
    sent.on('error', () => {})
    sent.end()
    return sent
  })
  await Promise.all(asked.map((sent) => once(sent, 'response')))
  return {
    requireTold() {
      const untold = events.filter((count) => count < 2).length
      if (untold > 0) throw new Error(`${untold} subscribers were told nothing`)
    },
    [Symbol.asyncDispose]() {
      for (const sent of asked) sent.destroy()
      agent.destroy()
      return Promise.resolve()
    },
  }
}
