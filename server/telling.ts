/** What a server tells others by itself. */
import type { Alerts } from './alerts/alerts.ts'
import type { ReportCsv } from './alerts/channels/channel.ts'
import type { Heartbeat } from './alerts/heartbeat.ts'
import type { AlertsSetting } from './config-file/alerts-setting.ts'
import type { Environment } from './config-file/secrets.ts'
import type { Db } from './database/connect.ts'
import { latestPollAt } from './database/poll-week-summary.ts'
import type { Digests, DigestsParts } from './digests/digests.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { Observe } from './observe/happened.ts'
import type { WorkerSetting } from './reports/worker-task.ts'

export interface TellingSetting {
  /** What the configuration file has of channels, and who is told what. */
  readonly alerts?: AlertsSetting | undefined
  /** Where a line for programs goes. */
  readonly writeLine?: (line: string) => Promise<void>
}

interface TellingParts {
  readonly reports: DigestsParts['reports']
  readonly reportCsv: (reportId: string) => Promise<ReportCsv>
  /** What looks for incidents is started with. */
  readonly threads: WorkerSetting
  readonly checkInPlace: () => void
  /** Whether this server looks for incidents, or leaves that to others. */
  readonly looks: boolean
  readonly reading: Db
  readonly writing: Db
  readonly environment?: Environment
  readonly version: string
  readonly publicUrl?: string | undefined
  readonly now: () => number
  readonly observe: Observe
  readonly onNotice?: (text: string) => void
  readonly onError: (error: unknown) => void
}

/** Each is loaded when it is first asked for. Disposing ends what it is at. */
export interface Telling extends AsyncDisposable {
  alerts(): Promise<Alerts>
  digests(): Promise<Digests>
  /**
   * Begins to look for what there is to tell, to send what is due, and to say that it is there. Throws an `invalid` AppError where a secret
   * is not there.
   */
  start(): Promise<void>
  /** Looks soon, as something has changed. */
  lookSoon(): void
  stop(): void
}

export function createTelling(setting: TellingSetting, parts: TellingParts): Telling {
  const { alerts: ofAlerts = { channels: [], routes: [], digests: [] }, writeLine = async () => {} } = setting
  const { environment = {}, onNotice = () => {} } = parts
  let loading: Promise<Alerts> | undefined
  let loadingDigests: Promise<Digests> | undefined
  let heartbeat: Heartbeat | undefined
  let ledger: Ledger | undefined

  async function load(): Promise<Alerts> {
    const { createAlerts } = await import('./alerts/alerts.ts')
    return createAlerts({
      ...parts,
      publicUrl: parts.publicUrl,
      environment,
      onNotice,
      writeLine,
      setting: ofAlerts,
      random: Math.random,
    })
  }

  async function loadDigests(): Promise<Digests> {
    const { createDigests } = await import('./digests/digests.ts')
    return createDigests({ ...parts, publicUrl: parts.publicUrl, settings: ofAlerts.digests })
  }

  async function startHeartbeat(): Promise<void> {
    const { heartbeat: ofHeartbeat } = ofAlerts
    if (ofHeartbeat === undefined) return
    const { requireSecrets } = await import('./config-file/secrets.ts')
    requireSecrets([ofHeartbeat], environment)
    const { createHeartbeat } = await import('./alerts/heartbeat.ts')
    async function look(): Promise<void> {
      await latestPollAt(parts.reading)
      ledger?.requireLooking()
    }
    heartbeat = createHeartbeat({ ...parts, environment, onNotice, setting: ofHeartbeat, look })
    heartbeat.start()
  }

  const alerts = () => (loading ??= load())
  const digests = () => (loadingDigests ??= loadDigests())
  return {
    alerts,
    digests,
    async start() {
      await startHeartbeat()
      if (ofAlerts.channels.length === 0) return
      const { requireChannelSecrets } = await import('./alerts/channels/secrets-of.ts')
      requireChannelSecrets(ofAlerts.channels, environment)
      const sending = await alerts()
      sending.start()
      if (ofAlerts.digests.length > 0) (await digests()).start()
      if (!parts.looks) return
      const { createLedger } = await import('./ledger/ledger.ts')
      ledger = createLedger(parts.threads, {
        ...parts,
        setting: { channels: ofAlerts.channels, routes: ofAlerts.routes },
        onEvents: () => sending.sendSoon(),
      })
      ledger.start()
    },
    lookSoon: () => ledger?.lookSoon(),
    stop() {
      heartbeat?.stop()
      void loadingDigests?.then((one) => one.stop())
      void loading?.then((one) => one.stop())
    },
    async [Symbol.asyncDispose]() {
      await ledger?.[Symbol.asyncDispose]()
      await heartbeat?.[Symbol.asyncDispose]()
      await (await loadingDigests)?.[Symbol.asyncDispose]()
      await (await loading)?.[Symbol.asyncDispose]()
    },
  }
}
