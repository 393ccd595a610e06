import type { Poller } from '../../../shared/poller.ts'
import { formatTimestampOrNull } from '../../../shared/timestamp.ts'
import type { PollerSetting } from '../../config-file/poller-setting.ts'
import { shownUrl } from '../../config-file/secrets.ts'
import type { StoredPoller, TurnsOfDay } from '../../database/pollers.ts'

/** A poller as it is shown: what the configuration file says of it, and what came of it. */
export function shownPoller(
  name: string,
  setting: PollerSetting | undefined,
  stored: StoredPoller | undefined,
  turns: TurnsOfDay = { active: 0, inactive: 0, reasons: [] },
): Poller {
  const stores = stored?.stores ?? null
  const perRound = setting === undefined ? Infinity : (setting.rate * setting.every) / 1000
  return {
    name,
    url: setting === undefined ? null : shownUrl(setting.url),
    everyMs: setting?.every ?? null,
    stores,
    isPolling: stored?.is_claimed ?? false,
    isTooSlow: (stores ?? 0) > perRound,
    lastAnswerAt: formatTimestampOrNull(stored?.last_answer_at),
    backsOffSince: formatTimestampOrNull(stored?.pause_since),
    backsOffUntil: formatTimestampOrNull(stored?.pause_until),
    active: turns.active,
    inactive: turns.inactive,
    noAnswers: turns.reasons.reduce((sum, { count }) => sum + count, 0),
    reasons: [...turns.reasons],
  }
}
