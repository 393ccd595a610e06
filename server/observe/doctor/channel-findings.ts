import { toAppError } from '../../../shared/app-error.ts'
import { formatDuration } from '../../../shared/duration.ts'
import { writtenLabel } from '../../../shared/label.ts'
import { shownTarget } from '../../alerts/channels/given-channel.ts'
import { targetOf, type ChannelSetting } from '../../alerts/channels/list.ts'
import { readChannelSecrets } from '../../alerts/channels/secrets-of.ts'
import type { DigestSetting } from '../../config-file/digest-setting.ts'
import type { HeartbeatSetting } from '../../config-file/heartbeat-setting.ts'
import type { RouteSetting } from '../../config-file/route-setting.ts'
import { headersWithSecrets, secretIn, type Environment } from '../../config-file/secrets.ts'
import { fine, type Finding } from './finding.ts'

export interface ChannelPlace {
  readonly channels: readonly ChannelSetting[]
  readonly routes: readonly RouteSetting[]
  readonly digests?: readonly DigestSetting[]
  readonly heartbeat?: HeartbeatSetting | undefined
  readonly environment: Environment
}

/** Whether each channel, and the heartbeat, has its secrets, which are not shown; what it leads to is not asked. */
export async function channelFindings(place: ChannelPlace): Promise<Finding[]> {
  const { channels, routes, digests = [], heartbeat, environment } = place
  const ofChannels = channels.map((channel) => channelFinding(channel, { routes, digests, environment }))
  return [
    ...(await Promise.all(ofChannels)),
    ...digests.map(digestFinding),
    ...(heartbeat === undefined ? [] : [await heartbeatFinding(heartbeat, environment)]),
  ]
}

async function channelFinding(
  channel: ChannelSetting,
  { routes, digests = [], environment }: Omit<ChannelPlace, 'channels'>,
): Promise<Finding> {
  const { name, type } = channel
  const check = `channel ${name}`
  try {
    await readChannelSecrets(channel, environment)
  } catch (error) {
    return withoutSecret(check, error)
  }
  const target = targetOf(channel)
  const own = routes.filter(({ channels }) => channels.includes(name)).map((route) => route.name)
  const told = routes.length === 0 ? 'told everything' : `told by ${own.join(', ') || 'no route'}`
  const what = `${type}${target === type ? '' : ` to ${target}`}, ${told}; "alerts test ${name}" tries it`
  const isUsed = own.length > 0 || digests.some((digest) => digest.channel === name)
  if (routes.length === 0 || isUsed) return fine(check, what)
  return {
    check,
    state: 'warning',
    what,
    remedy: 'no route or digest leads to it: write one, or take it out',
  }
}

function digestFinding({ name, channel, group = [], every, zone }: DigestSetting): Finding {
  const stores = group.length === 0 ? 'all stores' : group.map(writtenLabel).join(' and ')
  const what = `of each ${every} in ${zone}, of ${stores}, by ${channel}; "digests preview ${name}" shows it`
  return fine(`digest ${name}`, what)
}

async function heartbeatFinding(
  { url, headers, every }: HeartbeatSetting,
  environment: Environment,
): Promise<Finding> {
  try {
    await secretIn(url, environment)
    await headersWithSecrets(headers, environment)
  } catch (error) {
    return withoutSecret('heartbeat', error)
  }
  return fine('heartbeat', `a server asks ${shownTarget(url)} every ${formatDuration(every)}`)
}

function withoutSecret(check: string, error: unknown): Finding {
  return {
    check,
    state: 'failed',
    what: toAppError(error).message,
    remedy: 'set the variable, or write the file, that the configuration file names',
  }
}
