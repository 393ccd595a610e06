import { randomUUID } from 'node:crypto'
import { AppError } from '../../../shared/app-error.ts'
import type { StoreId } from '../../../shared/ids.ts'
import type { Poller, TriedPoller, TryPoller } from '../../../shared/poller.ts'
import type { PollerSetting } from '../../config-file/poller-setting.ts'
import type { Environment } from '../../config-file/secrets.ts'
import type { Db } from '../../database/connect.ts'
import { readPollers, storeIdsIn, turnsOfDay } from '../../database/pollers.ts'
import { isPublicAddress } from '../../outgoing/addresses.ts'
import type { Resolve } from '../../outgoing/guarded-agent.ts'
import { createOutgoing, type Outgoing } from '../../outgoing/outgoing.ts'
import { repeatedly } from '../../repeatedly.ts'
import { allShown, settingNamed } from '../../named-settings.ts'
import type { PushTarget } from '../pushing/pusher.ts'
import { askStore, shownUrlOf, type Asked } from './ask-store.ts'
import { createPoller, type RunningPoller } from './poller.ts'
import { shownPoller } from './shown-poller.ts'
import { verdictOf } from './verdict.ts'

export interface PollersSetting {
  readonly settings: readonly PollerSetting[]
  readonly environment: Environment
  readonly reading: Db
  readonly writing: Db
  readonly pusher: PushTarget
  readonly version: string
  readonly now: () => number
  /** Told of what an operator should know: a poller that pauses, and one that goes on. */
  readonly onNotice: (text: string) => void
  readonly onError: (error: unknown) => void
  readonly resolve?: Resolve | undefined
}

/** What asks stores by turns. Disposing it ends what it is at. */
export interface Pollers extends AsyncDisposable {
  list(): Promise<Poller[]>
  try(name: string, options: TryPoller): Promise<TriedPoller>
  /** The pollers themselves, of which each is told the time. */
  readonly running: readonly RunningPoller[]
  /** Asks by turns from now on, until it is told to stop. */
  start(): void
  stop(): void
}

const TICK_EVERY_MS = 200
const RECORD_EVERY_MS = 1000

export function createPollers(setting: PollersSetting): Pollers {
  const { settings, environment, reading, now, version, resolve, onNotice, onError } = setting
  const closing = new AbortController()
  const parts = new AsyncDisposableStack()
  const ticking = new AsyncDisposableStack()
  const { signal } = closing
  const owner = randomUUID()

  function outgoingOf({ allowPrivate, concurrency }: PollerSetting): Outgoing {
    const mayConnectTo = allowPrivate ? () => true : isPublicAddress
    const userAgent = `store-monitor/${version}`
    return createOutgoing({ mayConnectTo, resolve, maxConnections: concurrency, userAgent })
  }

  const running = settings.map((one) => {
    const outgoing = parts.use(outgoingOf(one))
    const ask = (storeId: StoreId) => askStore(one, storeId, { environment, outgoing, signal })
    return createPoller(one, { ...setting, owner, ask, signal })
  })

  async function askedFor(one: PollerSetting, storeId: StoreId, options: TryPoller): Promise<Asked> {
    const { answer, status } = options
    if (answer !== undefined) return { status, verdict: verdictOf(one.rule, { status, text: answer }) }
    using outgoing = outgoingOf(one)
    return await askStore(one, storeId, { environment, outgoing, signal })
  }

  /** What is not our fault passes, as a rule. */
  function tell(error: unknown): void {
    const isOurFault = !(error instanceof AppError) || error.code === 'internal'
    if (isOurFault) onError(error)
    else onNotice(`pollers: ${error.message}`)
  }

  function stop(): void {
    closing.abort(new AppError('unavailable', 'the server is stopping'))
  }

  return {
    running,
    async list() {
      const [stored, turns] = [await readPollers(reading), await turnsOfDay(reading, now())]
      return allShown(settings, stored, (name, one, row) => shownPoller(name, one, row, turns.get(name)))
    },
    async try(name, options) {
      const one = settingNamed('poller', settings, name)
      const storeId = (options.storeId as StoreId | undefined) ?? (await firstStore(reading, one))
      const { status, verdict } = await askedFor(one, storeId, options)
      const about = { storeId, url: shownUrlOf(one, storeId), status: status ?? null }
      return 'isActive' in verdict
        ? { ...about, poll: verdict.isActive ? 'active' : 'inactive', reason: null, message: null }
        : { ...about, poll: null, ...verdict }
    },
    start() {
      for (const poller of running) {
        ticking.use(repeatedly(() => poller.tick(), { everyMs: TICK_EVERY_MS, onError: tell }))
        ticking.use(repeatedly(() => poller.record(), { everyMs: RECORD_EVERY_MS, onError: tell }))
      }
    },
    stop,
    async [Symbol.asyncDispose]() {
      stop()
      await ticking.disposeAsync()
      await Promise.all(running.map((poller) => poller.end().catch(tell)))
      await parts.disposeAsync()
    },
  }
}

async function firstStore(db: Db, { group = [] }: PollerSetting): Promise<StoreId> {
  for await (const [first] of storeIdsIn(db, group)) if (first !== undefined) return first
  throw new AppError('conflict', 'there is no store to ask: import stores, or name one')
}
