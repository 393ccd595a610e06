/**
 * The one thread that writes polls: those that are pushed, in groups, and what files say. Pushes are written between the
 * transactions of an import, so that they wait for one at most.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { AppError, toAppError } from '../../../shared/app-error.ts'
import { runImportJob, type ImportJob } from '../importing/import-job.ts'
import { createPushGroups } from '../pushing/push-groups.ts'
import type { OpenDatabase } from './open-database.ts'
import { preciseNow } from '../../tracing/worked.ts'
import { createTailKeeper } from './tail-keeper.ts'
import type { WriterAnswer, WriterRequest, WriterThreadSetting, WriterTimes } from './writer-message.ts'

const port = parentPort!
const { databaseUrl, isOfCommand, limits } = workerData as WriterThreadSetting
const now = Date.now
const stops = new Map<number, AbortController>()
let opened: Promise<OpenDatabase> | undefined
let tidying: Promise<void> | undefined
let isEnding = false

const pushes = createPushGroups({
  database,
  now,
  onTaken: (lastId) => say({ type: 'taken', lastId }),
  onWritten(id, outcome, times) {
    if (outcome instanceof AppError) sayFailed(id, outcome, times)
    else say({ type: 'pushed', id, result: outcome, ...times })
  },
  onGroup: (bytes) => tail.wrote(bytes),
  onIdle: () => rest(),
})
const tail = createTailKeeper({ opened: async () => opened?.catch(() => undefined), now })

port.on('message', (request: WriterRequest) => {
  switch (request.type) {
    case 'push':
      pushes.add(request.id, request.push)
      break
    case 'import':
      void importAndSay(request.id, request.job)
      break
    case 'stop':
      stops.get(request.id)?.abort(request.type)
      break
    case 'tidy':
      void database().then(
        () => rest('all'),
        () => {}, // whoever asks for something is told of what fails for them
      )
      break
    case 'end':
      isEnding = true
      rest()
      break
  }
})

function database(): Promise<OpenDatabase> {
  opened ??= open().catch((error: unknown) => {
    opened = undefined
    throw error
  })
  return opened
}

async function open(): Promise<OpenDatabase> {
  const { openDatabase } = await import('./open-database.ts')
  return openDatabase(databaseUrl)
}

async function importAndSay(id: number, job: ImportJob): Promise<void> {
  const stop = new AbortController()
  stops.set(id, stop)
  const startMs = preciseNow()
  const times = () => ({ startMs, endMs: preciseNow() })
  try {
    const outcome = await runImportJob(job, {
      database,
      now,
      signal: stop.signal,
      onProgress: (progress) => say({ type: 'progress', id, progress }),
      stepsBehindAnswers: !isOfCommand,
      limits,
    })
    say({ type: 'imported', id, outcome, ...times() })
  } catch (error) {
    sayFailed(id, toAppError(error), times())
  }
  stops.delete(id)
  rest('all')
}

/** What is to be done when all that was asked is done, or pushes at least. */
function rest(all?: 'all'): void {
  if (isEnding) {
    if (!pushes.isBusy() && stops.size === 0) void end()
    return
  }
  tidying ??= tail.tidy(() => !pushes.isBusy() && !isEnding, all).finally(() => (tidying = undefined))
}

async function end(): Promise<void> {
  await tidying
  // There may be no server that does it, and commands that write a little each.
  if (isOfCommand) await tail.tidy(() => true, 'all')
  await (await opened?.catch(() => undefined))?.[Symbol.asyncDispose]()
  port.close()
}

function sayFailed(id: number, { code, message }: AppError, times: WriterTimes): void {
  say({ type: 'failed', id, code, reason: message, ...times })
}

function say(answer: WriterAnswer): void {
  port.postMessage(answer, [])
}
