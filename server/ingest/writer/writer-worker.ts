/**
 * The one thread that writes polls: those that are pushed, in groups, and what files say. Pushes are written between the
 * transactions of an import, so that they wait for one at most.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { AppError, toAppError } from '../../../shared/app-error.ts'
import { runImportJob, type ImportJob } from '../importing/import-job.ts'
import { createPushGroups } from '../pushing/push-groups.ts'
import type { OpenDatabase } from './open-database.ts'
import type { WriterAnswer, WriterRequest, WriterThreadSetting } from './writer-message.ts'

const port = parentPort!
const { databaseUrl, isOfCommand } = workerData as WriterThreadSetting
const now = Date.now
const stops = new Map<number, AbortController>()
let opened: Promise<OpenDatabase> | undefined
let tidying: Promise<void> | undefined
let isEnding = false

const pushes = createPushGroups({
  database,
  now,
  onTaken: (lastId) => say({ type: 'taken', lastId }),
  onWritten(id, outcome) {
    if (outcome instanceof AppError) sayFailed(id, outcome)
    else say({ type: 'pushed', id, result: outcome })
  },
  onIdle: rest,
})

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
  try {
    const outcome = await runImportJob(job, {
      database,
      now,
      signal: stop.signal,
      onProgress: (progress) => say({ type: 'progress', id, progress }),
      stepsBehindAnswers: !isOfCommand,
    })
    // A command is over then, and others are not kept waiting.
    if (isOfCommand) await keepTidy(() => !stop.signal.aborted)
    say({ type: 'imported', id, outcome })
  } catch (error) {
    sayFailed(id, toAppError(error))
  }
  stops.delete(id)
  rest()
}

/** What is to be done when all that was asked is done, or pushes at least. */
function rest(): void {
  if (pushes.isBusy()) return
  if (!isEnding)
    tidying ??= keepTidy(() => !pushes.isBusy() && !isEnding).finally(() => (tidying = undefined))
  else if (stops.size === 0) void end()
}

/** What fails here is done the next time; whoever asks for something is told of what fails for them. */
async function keepTidy(goesOn: () => boolean): Promise<void> {
  const known = await opened?.catch(() => undefined)
  if (known === undefined) return
  const { tidy } = await import('../tidy.ts')
  await tidy(known.db, now(), goesOn).catch(() => known.latest.forget())
}

async function end(): Promise<void> {
  await tidying
  await (await opened?.catch(() => undefined))?.db.destroy()
  port.close()
}

function sayFailed(id: number, { code, message }: AppError): void {
  say({ type: 'failed', id, code, reason: message })
}

function say(answer: WriterAnswer): void {
  port.postMessage(answer, [])
}
