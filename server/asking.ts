/** What a server asks others for by itself: sources that are pulled, and pollers. */
import type { PollerSetting } from './config-file/poller-setting.ts'
import type { Environment } from './config-file/secrets.ts'
import type { SourceSetting } from './config-file/source-setting.ts'
import type { Db } from './database/connect.ts'
import type { Importer } from './ingest/importing/importer.ts'
import type { Pollers } from './ingest/polling/pollers.ts'
import type { Sources } from './ingest/pulling/sources.ts'
import type { PushTarget } from './ingest/pushing/pusher.ts'
import type { WorkTraces } from './tracing/work-traces.ts'

export interface AskingSetting {
  /** What the configuration file has that is pulled, and what asks stores by turns. */
  readonly sources?: readonly SourceSetting[]
  readonly pollers?: readonly PollerSetting[]
  /** Where secrets are that the configuration file names. */
  readonly environment?: Environment
  /** Told of what an operator should know. */
  readonly onNotice?: (text: string) => void
}

export interface AskingParts {
  readonly reading: Db
  readonly writing: Db
  readonly importer: Pick<Importer, 'importPaths'>
  readonly pusher: PushTarget
  readonly version: string
  readonly now: () => number
  readonly traces: WorkTraces
  readonly onError: (error: unknown) => void
}

/** Both are loaded when they are first asked for. Disposing ends what they are at. */
export interface Asking extends AsyncDisposable {
  sources(): Promise<Sources>
  pollers(): Promise<Pollers>
  /** Begins to ask, by schedule and by turns. Throws an `invalid` AppError where a secret is not there. */
  start(): Promise<void>
  stop(): void
}

export function createAsking(setting: AskingSetting, parts: AskingParts): Asking {
  const { sources: ofSources = [], pollers: ofPollers = [], environment = {}, onNotice = () => {} } = setting
  const common = { ...parts, environment, onNotice }
  let pulling: Promise<Sources> | undefined
  let polling: Promise<Pollers> | undefined

  async function loadSources(): Promise<Sources> {
    const { createSources } = await import('./ingest/pulling/sources.ts')
    const { spoolFolder } = await import('./api/rest/upload-spool.ts')
    return createSources({ ...common, settings: ofSources, makeFolder: spoolFolder, random: Math.random })
  }

  async function loadPollers(): Promise<Pollers> {
    const { createPollers } = await import('./ingest/polling/pollers.ts')
    return createPollers({ ...common, settings: ofPollers })
  }

  const sources = () => (pulling ??= loadSources())
  const pollers = () => (polling ??= loadPollers())
  return {
    sources,
    pollers,
    async start() {
      if (ofSources.length + ofPollers.length === 0) return
      const { requireSecrets } = await import('./config-file/secrets.ts')
      requireSecrets([...ofSources, ...ofPollers], environment)
      if (ofSources.length > 0) (await sources()).start()
      if (ofPollers.length > 0) (await pollers()).start()
    },
    stop() {
      void pulling?.then((one) => one.stop())
      void polling?.then((one) => one.stop())
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([pulling, polling].map(async (one) => (await one)?.[Symbol.asyncDispose]()))
    },
  }
}
