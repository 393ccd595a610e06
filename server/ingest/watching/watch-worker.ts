/** A thread that watches a folder: it looks into it every few seconds, and sooner where it is told that something came. */
import { watch, type FSWatcher } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { AppError } from '../../../shared/app-error.ts'
import { stepBehindAnswers } from '../../background-thread.ts'
import { connect, type Db } from '../../database/connect.ts'
import { createFolderWatch } from './folder-watch.ts'
import type { WatchMessage, WatchRequest, WatchSetting } from './watch-message.ts'

/** It looks for a tenth of its time at most, however much there is. */
const PAUSE_FOR_EACH_MS = 9
/** Who tells that something came tells it for each file. */
const LEAST_PAUSE_MS = 100
const TAKE_FOR_MS = 5000

const port = parentPort!
const { databaseUrl, folder, movesFiles, everyMs, settleMs } = workerData as WatchSetting
let connected: Promise<Db> | undefined
let importing = Promise.withResolvers<string | null>()
let events: FSWatcher | undefined
let wake = () => {}
let hasCome = false
let isEnding = false

port.on('message', (request: WatchRequest) => {
  switch (request.type) {
    case 'imported':
      importing.resolve(request.failure)
      break
    case 'failed':
      importing.reject(new AppError(request.code, request.reason))
      break
    case 'end':
      isEnding = true
      wake()
      break
  }
})

const folderWatch = createFolderWatch({
  folder,
  movesFiles,
  settleMs,
  takeForMs: TAKE_FOR_MS,
  now: Date.now,
  uptimeMs: () => performance.now(),
  isEnding: () => isEnding,
  database,
  importFile(path, stamp) {
    importing = Promise.withResolvers()
    say({ type: 'import', path, stamp })
    return importing.promise
  },
  tell: (text) => say({ type: 'tell', text }),
  onState: (state) => say({ type: 'state', state }),
})

function database(): Promise<Db> {
  connected ??= connect(databaseUrl, { mayCreate: false, checkpoints: false }).catch((error: unknown) => {
    connected = undefined
    throw error
  })
  return connected
}

function say(message: WatchMessage): void {
  port.postMessage(message, [])
}

/** Only to be woken: not all that comes is told of. */
function listen(): void {
  try {
    events ??= watch(folder, () => {
      hasCome = true
      wake()
    }).on('error', deafen)
  } catch {
    deafen()
  }
}

function deafen(): void {
  events?.close()
  events = undefined
}

async function pause(leastMs: number, mostMs: number): Promise<void> {
  await untilWoken(leastMs, () => isEnding)
  if (mostMs > leastMs) await untilWoken(mostMs - leastMs, () => isEnding || hasCome)
}

async function untilWoken(ms: number, isWoken: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  wake = () => {
    if (isWoken()) resolve()
  }
  wake()
  await promise
  clearTimeout(timer)
}

async function run(): Promise<void> {
  stepBehindAnswers()
  while (!isEnding) {
    listen()
    hasCome = false
    const { waiting, lookedForMs, isWell } = await folderWatch.look()
    // One that was put in its place would tell nothing.
    if (!isWell) deafen()
    const leastMs = Math.max(LEAST_PAUSE_MS, PAUSE_FOR_EACH_MS * lookedForMs)
    await pause(leastMs, waiting > 0 ? Math.min(settleMs, everyMs) : everyMs)
  }
  deafen()
  await (await connected?.catch(() => undefined))?.destroy()
  port.close()
}

void run()
