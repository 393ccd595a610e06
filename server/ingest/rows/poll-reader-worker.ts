import { parentPort, workerData } from 'node:worker_threads'
import { toAppError } from '../../../shared/app-error.ts'
import { stepBehindAnswers } from '../../background-thread.ts'
import { mapNonEmpty } from './non-empty.ts'
import type { PollReaderJob, PollReaderMessage, PollReaderRequest } from './poll-reader-message.ts'
import { createPollRows } from './poll-rows.ts'
import { readRows } from './read-rows.ts'
import { sha256Of } from '../csv/open-file.ts'
import { throwIfStopped } from '../stop.ts'

const PROGRESS_BYTES = 4 * 1024 * 1024

const port = parentPort!
const { file, header, limits, takenInAt, stepsBehindAnswers } = workerData as PollReaderJob
const stop = new AbortController()
// The first step is prepared unasked.
let asked = 1
let wake = () => {}
port.on('message', ({ type }: PollReaderRequest) => {
  if (type === 'stop') stop.abort(type)
  else asked++
  wake()
})

function say(message: PollReaderMessage, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}

async function untilAsked(): Promise<void> {
  while (asked === 0 && !stop.signal.aborted) await new Promise<void>((resolve) => (wake = resolve))
  throwIfStopped(stop.signal)
  asked--
}

async function run(): Promise<void> {
  let saidBytes = 0
  await using read = await readRows(file, header, createPollRows(header, takenInAt), {
    ...limits,
    signal: stop.signal,
    onProgress(progress) {
      if (progress.bytesRead - saidBytes < PROGRESS_BYTES) return
      saidBytes = progress.bytesRead
      say({ type: 'progress', progress })
    },
  })
  const { problem, rejected, rejections, rejectionCounts, steps } = read
  const rowsOfSteps = mapNonEmpty(steps, ({ rows }) => rows)
  say({ type: 'read', problem, rejected, rejections, rejectionCounts, rowsOfSteps })
  let hashing: Promise<void> | undefined
  for (const step of steps) {
    await untilAsked()
    const polls = await step.prepare()
    const { stores, storeOfWeek, weeks, starts, lengths, words } = polls
    say(
      { type: 'polls', polls },
      [stores, storeOfWeek, weeks, starts, lengths, words].map((array) => array.buffer),
    )
    hashing ??= hash() // others write from here on, and this thread mostly waits
  }
  await hashing
}

async function hash(): Promise<void> {
  try {
    say({ type: 'hashed', sha256: await sha256Of(file, stop.signal) })
  } catch (error) {
    sayFailed(error)
  }
}

function sayFailed(error: unknown): void {
  const { code, message } = toAppError(error)
  say({ type: 'failed', code, reason: message })
}

if (stepsBehindAnswers) stepBehindAnswers()
void run()
  .catch(sayFailed)
  .finally(() => port.close())
