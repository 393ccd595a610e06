import { randomUUID } from 'node:crypto'
import { AppError } from '../../../shared/app-error.ts'
import type { PullResult, Source, TriedSource } from '../../../shared/source.ts'
import type { Environment } from '../../config-file/secrets.ts'
import type { SourceSetting } from '../../config-file/source-setting.ts'
import type { Db } from '../../database/connect.ts'
import { readSources, type StoredSource } from '../../database/sources.ts'
import { isPublicAddress } from '../../outgoing/addresses.ts'
import type { Resolve } from '../../outgoing/guarded-agent.ts'
import { createOutgoing } from '../../outgoing/outgoing.ts'
import { repeatedly } from '../../repeatedly.ts'
import type { Importer } from '../importing/importer.ts'
import { untraced, type WorkTraces } from '../../tracing/work-traces.ts'
import { allShown, settingNamed } from '../../named-settings.ts'
import { pullSource, type MakeFolder, type Pulled } from './pull-source.ts'
import { recordPull } from './record-pull.ts'
import { nextPullAt } from './schedule.ts'
import { shownSource } from './shown-source.ts'
import { trySource } from './try-source.ts'

export interface SourcesSetting {
  readonly settings: readonly SourceSetting[]
  readonly environment: Environment
  readonly reading: Db
  readonly writing: Db
  readonly importer: Pick<Importer, 'importPaths'>
  readonly makeFolder: MakeFolder
  readonly version: string
  readonly now: () => number
  readonly random: () => number
  /** Told of what an operator should know: a source that begins to fail, and one that is well again. */
  readonly onNotice: (text: string) => void
  readonly onError: (error: unknown) => void
  readonly resolve?: Resolve | undefined
  readonly traces?: WorkTraces
}

/** What is pulled by a schedule. Disposing it ends what it is at. */
export interface Sources extends AsyncDisposable {
  list(): Promise<Source[]>
  /** Pulls one now. Throws an AppError where that fails, which is recorded, too. */
  pull(name: string, options: { readonly again: boolean }): Promise<PullResult>
  try(name: string, answer?: string): Promise<TriedSource>
  /** Pulls those that are due, and returns when they are done. */
  pullDue(): Promise<void>
  /** Pulls by schedule from now on, until it is told to stop: then what it is at ends, and is to be pulled again. */
  start(): void
  stop(): void
}

const LOOK_EVERY_MS = 1000
/** After so long it is looked again when a source is due: others pull it, too. */
const LOOK_AGAIN_MS = 3000
const MOST_AT_ONCE = 4

export function createSources(setting: SourcesSetting): Sources {
  const { settings, environment, reading, writing, now, random, version, onNotice, onError } = setting
  const { traces = untraced } = setting
  const closing = new AbortController()
  const parts = new AsyncDisposableStack()
  const running = new Map<string, Promise<unknown>>()
  const lookAt = new Map<string, number>()

  const settingOf = (name: string) => settingNamed('source', settings, name)

  async function withContext<Result>(
    source: SourceSetting,
    use: (context: Parameters<typeof pullSource>[2]) => Promise<Result>,
    again = false,
  ): Promise<Result> {
    const { importer, makeFolder, resolve } = setting
    using outgoing = createOutgoing({
      mayConnectTo: source.allowPrivate ? () => true : isPublicAddress,
      resolve,
      maxConnections: 1,
      userAgent: `store-monitor/${version}`,
    })
    return await use({ environment, outgoing, now, signal: closing.signal, importer, makeFolder, again })
  }

  const recording = { writing, owner: randomUUID(), now, random, signal: closing.signal, onNotice, onError }

  /** Undefined where another is at it, or was meanwhile. */
  function pullClaimed(
    source: SourceSetting,
    stored: StoredSource | undefined,
    again: boolean,
  ): Promise<Pulled | AppError | undefined> {
    const pull = () => withContext(source, (context) => pullSource(source, stored, context), again)
    return recordPull(recording, source, stored, pull)
  }

  async function pullBySchedule(source: SourceSetting, stored: StoredSource | undefined): Promise<void> {
    const trace = traces.begin('pull', { 'store_monitor.source': source.name })
    const pulled = await trace.step(() => pullClaimed(source, stored, false))
    if (pulled === undefined) return
    if (pulled instanceof AppError) trace.end({}, pulled.message)
    else trace.end({ 'store_monitor.pull.outcome': pulled.outcome })
  }

  /** Puts off when it is looked again for one that is not. */
  function isDue(source: SourceSetting, stored: StoredSource | undefined): boolean {
    const at = now()
    const due = nextPullAt(source, attemptsOf(stored), at)
    if (due <= at && !stored?.is_claimed) return true
    lookAt.set(source.name, Math.max(at + LOOK_EVERY_MS, Math.min(due, at + LOOK_AGAIN_MS)))
    return false
  }

  function run<Result>(name: string, work: Promise<Result>): Promise<Result> {
    const ended = work.catch(() => undefined).then(() => running.delete(name))
    running.set(name, ended)
    return work
  }

  const sources: Sources = {
    async list() {
      const at = now()
      const stored = await readSources(reading)
      return allShown(settings, stored, (name, source, row) => shownSource(name, source, row, at))
    },
    async pull(name, { again }) {
      const source = settingOf(name)
      const stored = (await readSources(reading)).get(name)
      const pulled = running.has(name) ? undefined : await run(name, pullClaimed(source, stored, again))
      if (pulled === undefined) {
        throw new AppError('conflict', `source "${name}" is being pulled: wait until that is over`)
      }
      if (pulled instanceof AppError) throw pulled
      const after = (await readSources(reading)).get(name)
      return {
        source: shownSource(name, source, after, now()),
        outcome: pulled.outcome,
        import: pulled.outcome === 'imported' ? pulled.record : null,
      }
    },
    try: (name, answer) =>
      withContext(settingOf(name), (context) => trySource(settingOf(name), answer, context)),
    async pullDue() {
      if (closing.signal.aborted) return
      const at = now()
      const isWanted = ({ name }: SourceSetting) => !running.has(name) && (lookAt.get(name) ?? 0) <= at
      if (running.size >= MOST_AT_ONCE || !settings.some(isWanted)) return
      const stored = await readSources(reading)
      const due = settings.filter((source) => isWanted(source) && isDue(source, stored.get(source.name)))
      const starting = due.slice(0, Math.max(0, MOST_AT_ONCE - running.size))
      await Promise.all(
        starting.map((source) =>
          run(source.name, pullBySchedule(source, stored.get(source.name))).catch(onError),
        ),
      )
    },
    start() {
      if (settings.length === 0) return
      const look = async () => void sources.pullDue().catch(onError)
      parts.use(repeatedly(look, { everyMs: LOOK_EVERY_MS, onError }))
    },
    stop() {
      closing.abort(new AppError('unavailable', 'the server is stopping'))
    },
    async [Symbol.asyncDispose]() {
      sources.stop()
      await parts.disposeAsync()
      await Promise.all(running.values())
    },
  }
  return sources
}

function attemptsOf(stored: StoredSource | undefined) {
  return { lastAttemptAt: stored?.last_attempt_at ?? null, retryAt: stored?.retry_at ?? null }
}
