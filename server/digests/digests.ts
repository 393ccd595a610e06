/** What is told of each day or week: once of each, whoever is killed. */
import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import type { Digest, DigestPreview, PreviewQuery } from '../../shared/digest.ts'
import type { ReportId } from '../../shared/ids.ts'
import { linesOfWords } from '../alerts/channels/words-text.ts'
import { digestInWords, digestSubject } from '../alerts/digest-in-words.ts'
import { digestIncident, digestRoute } from '../alerts/digest-route.ts'
import { recordEvents } from '../alerts/record-events.ts'
import type { DigestSetting } from '../config-file/digest-setting.ts'
import type { Db } from '../database/connect.ts'
import {
  claimDigest,
  endDigest,
  keepDigestClaim,
  letDigestGo,
  readLatestDigests,
  readRecordedDigests,
  skipDigest,
  type DigestOf,
} from '../database/digests.ts'
import { latestPollAt } from '../database/poll-week-summary.ts'
import { allShown, settingNamed } from '../named-settings.ts'
import { repeatedly, type Repeated } from '../repeatedly.ts'
import type { ReportRunner } from '../reports/runner.ts'
import { composeDigest, type Composed, type ComposeParts } from './compose-digest.ts'
import { latestPeriod, periodOfDate, type DigestPeriod } from './digest-period.ts'
import { shownDigest } from './shown-digest.ts'

export interface DigestsParts extends ComposeParts {
  readonly settings: readonly DigestSetting[]
  readonly writing: Db
  readonly reports: Pick<ReportRunner, 'trigger' | 'watch' | 'cancelOrRemove'>
  readonly publicUrl: string | undefined
  readonly onError: (error: unknown) => void
}

/** Disposing it ends what it is at. */
export interface Digests extends AsyncDisposable {
  list(): Promise<Digest[]>
  /** Throws as a preview would, of what does not exist or is not over, and computes nothing. */
  checkPreview(query: PreviewQuery): void
  /** What would be told now of a period; nothing is sent or kept. */
  preview(query: PreviewQuery): Promise<DigestPreview>
  /** Hands those that are due to their channels, and returns when that is done. */
  tellDue(): Promise<void>
  /** Does so from now on. */
  start(): void
  stop(): void
}

const LOOK_EVERY_MS = 10_000
const KEEP_CLAIM_EVERY_MS = 5000
/** What could not be made is tried again, perhaps by others. */
const AGAIN_AFTER_MS = 5 * 60_000
/** For so long polls of the period are waited for. */
const WAITS_FOR_FEED_MS = 3 * 3_600_000

export function createDigests(parts: DigestsParts): Digests {
  const { settings, reading, writing, reports, publicUrl, now, onError } = parts
  const owner = randomUUID()
  const closing = new AbortController()
  let looking: Repeated | undefined

  async function record(
    setting: DigestSetting,
    of: DigestOf,
    { content, lastEventKey }: Composed,
  ): Promise<void> {
    const at = now()
    const event = {
      incident: digestIncident(of.name, of.period),
      sequence: 1,
      kind: 'digest' as const,
      at,
      payload: {
        severity: 'info' as const,
        condition: 'digest',
        summary: digestSubject(content),
        labels: content.group,
        digest: content,
      },
    }
    const routed = { channel: setting.channel, route: digestRoute(of.name), dueAt: at }
    await writing.transaction().execute(async (tx) => {
      if (!(await endDigest(tx, of, owner, { at, reportId: content.reportId, lastEventKey }))) return
      await recordEvents(tx, [event], () => [routed], at)
    })
  }

  async function tell(setting: DigestSetting, period: DigestPeriod): Promise<void> {
    const of = { name: setting.name, period: period.name }
    if (!(await claimDigest(writing, of, { owner, dueAt: period.dueMs }))) return
    const keep = () => keepDigestClaim(writing, of, owner)
    await using _ = repeatedly(keep, { everyMs: KEEP_CLAIM_EVERY_MS, onError })
    try {
      const composed = await composeDigest(parts, setting, period, { isNew: false, signal: closing.signal })
      await record(setting, of, composed)
    } catch (error) {
      if (!closing.signal.aborted) {
        await keepDigestClaim(writing, of, owner, AGAIN_AFTER_MS)
        throw error
      }
      await letDigestGo(writing, of, owner)
    }
  }

  async function tellDue(): Promise<void> {
    const known = await readLatestDigests(reading)
    const latestMs = (await latestPollAt(reading)) ?? -Infinity
    for (const setting of settings) {
      if (closing.signal.aborted) return
      const nowMs = now()
      const period = latestPeriod(setting, nowMs)
      const last = known.get(setting.name)
      if (last === undefined) {
        await skipDigest(writing, { name: setting.name, period: period.name }, period.dueMs)
        continue
      }
      if (last.due_at > period.dueMs || (last.period === period.name && last.state !== 'due')) continue
      if (latestMs < period.endMs && nowMs < period.dueMs + WAITS_FOR_FEED_MS) continue
      await tell(setting, period).catch(onError)
    }
  }

  function previewed({ name, date }: PreviewQuery): { setting: DigestSetting; period: DigestPeriod } {
    const setting = settingNamed('digest', settings, name)
    const latest = latestPeriod(setting, now())
    const period = date === undefined ? latest : periodOfDate(setting, date)
    if (period.endMs <= now()) return { setting, period }
    const what = `${setting.every} ${period.name} is not over in ${setting.zone}`
    throw new AppError('invalid', `date "${date}": the ${what}: write one up to ${latest.to}`)
  }

  /** What is still being made is cancelled first. */
  async function removeReport(reportId: ReportId): Promise<void> {
    const cancelled = await reports.cancelOrRemove(reportId)
    if (cancelled !== undefined) await reports.cancelOrRemove(reportId)
  }

  return {
    async list() {
      const nowMs = now()
      const recorded = await readRecordedDigests(reading)
      const latest = await readLatestDigests(reading)
      return allShown(settings, latest, (name, setting, last) =>
        shownDigest({ name, setting, recorded: recorded.get(name), last, nowMs }),
      )
    },
    checkPreview: (query) => void previewed(query),
    async preview(query) {
      const { setting, period } = previewed(query)
      await using made = new AsyncDisposableStack()
      const { content } = await composeDigest(parts, setting, period, {
        isNew: true,
        signal: closing.signal,
        onReport: (reportId) => made.defer(() => removeReport(reportId)),
      })
      const shown = { ...content, reportId: null }
      const words = digestInWords(shown, publicUrl)
      const text = linesOfWords({ ...words, link: undefined }).join('\n')
      return { subject: words.subject, text, content: shown }
    },
    tellDue,
    start() {
      if (settings.length === 0) return
      looking = repeatedly(tellDue, { everyMs: LOOK_EVERY_MS, onError })
      looking.soon()
    },
    stop: () => closing.abort(new AppError('unavailable', 'the server is stopping')),
    async [Symbol.asyncDispose]() {
      closing.abort(new AppError('unavailable', 'the server is stopping'))
      await looking?.[Symbol.asyncDispose]()
    },
  }
}
