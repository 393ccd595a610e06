/** The thread that writes pushed polls: it takes all that wait, commits once, and answers them. */
import { setImmediate } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { AppError, toAppError } from '../../../shared/app-error.ts'
import { connect, type Db } from '../../database/connect.ts'
import { createLatestPolls } from '../../database/tail/latest-polls.ts'
import { tidyTail } from '../../database/tail/tidy-tail.ts'
import type { Push, PushAnswer, PushRequest } from './push-message.ts'
import { writePushes, type PushOutcome } from './write-pushes.ts'

/** So much is written at once: others wait for it. */
const MOST_BYTES_AT_ONCE = 8 * 1024 * 1024

const port = parentPort!
const databaseUrl = workerData as string
const latest = createLatestPolls()
const waiting: { readonly id: number; readonly push: Push }[] = []
let connected: Promise<Db> | undefined
let isWriting = false
let isEnding = false

port.on('message', (request: PushRequest) => {
  switch (request.type) {
    case 'push':
      waiting.push(request)
      break
    case 'end':
      isEnding = true
      break
  }
  if (!isWriting) void writeAll()
})

async function writeAll(): Promise<void> {
  isWriting = true
  while (waiting.length > 0) {
    const group = takeGroup()
    say({ type: 'taken', lastId: group.at(-1)!.id })
    const outcomes = await outcomesOf(group.map(({ push }) => push))
    group.forEach(({ id }, i) => answer(id, outcomes[i]!))
    await setImmediate() // more may have come
    if (waiting.length === 0 && !isEnding) await tidy()
  }
  isWriting = false
  if (!isEnding) return
  await (await connected?.catch(() => undefined))?.destroy()
  port.close()
}

function takeGroup() {
  let bytes = 0
  let count = 0
  while (count < waiting.length && (count === 0 || bytes < MOST_BYTES_AT_ONCE)) {
    bytes += waiting[count++]!.push.bytes.length
  }
  return waiting.splice(0, count)
}

async function outcomesOf(pushes: readonly Push[]): Promise<PushOutcome[]> {
  try {
    return await writePushes({ db: await database(), latest, now: Date.now }, pushes)
  } catch (error) {
    return pushes.map(() => toAppError(error))
  }
}

function database(): Promise<Db> {
  connected ??= connect(databaseUrl, { durable: true, mayCreate: false }).catch((error: unknown) => {
    connected = undefined
    throw error
  })
  return connected
}

/** What fails here is done the next time; whoever pushes is told of what fails for them. */
async function tidy(): Promise<void> {
  try {
    await tidyTail(await database(), Date.now(), () => waiting.length === 0 && !isEnding)
  } catch {
    latest.forget()
  }
}

function answer(id: number, outcome: PushOutcome): void {
  if (outcome instanceof AppError) say({ type: 'failed', id, code: outcome.code, reason: outcome.message })
  else say({ type: 'done', id, result: outcome })
}

function say(message: PushAnswer): void {
  port.postMessage(message, [])
}
