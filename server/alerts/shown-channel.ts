import type { AlertChannel } from '../../shared/alert.ts'
import { formatTimestampOrNull } from '../../shared/timestamp.ts'
import type { StoredChannel } from '../database/alert-channels.ts'
import type { RouteSetting } from '../config-file/route-setting.ts'
import { targetOf, type ChannelSetting } from './channels/list.ts'

/** A channel as it is shown: what the configuration file says of it, without secrets, and how it has been. */
export function shownChannel(
  name: string,
  setting: ChannelSetting | undefined,
  routes: readonly RouteSetting[],
  stored: StoredChannel | undefined,
): AlertChannel {
  return {
    name,
    type: setting?.type ?? null,
    routes: routes.filter(({ channels }) => channels.includes(name)).map((route) => route.name),
    target: setting === undefined ? null : targetOf(setting),
    state: stored?.disabled_at ? 'disabled' : stored?.failing_since ? 'failing' : 'ok',
    failingSince: formatTimestampOrNull(stored?.failing_since),
    disabledAt: formatTimestampOrNull(stored?.disabled_at),
    lastDeliveredAt: formatTimestampOrNull(stored?.last_delivered_at),
    lastError: stored?.last_error ?? null,
    waiting: stored?.waiting ?? 0,
    dead: stored?.dead ?? 0,
  }
}
