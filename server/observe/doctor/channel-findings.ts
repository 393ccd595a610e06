import { toAppError } from '../../../shared/app-error.ts'
import { targetOf, type ChannelSetting } from '../../alerts/channels/list.ts'
import { readChannelSecrets } from '../../alerts/channels/secrets-of.ts'
import type { RouteSetting } from '../../config-file/route-setting.ts'
import type { Environment } from '../../config-file/secrets.ts'
import { fine, type Finding } from './finding.ts'

export interface ChannelPlace {
  readonly channels: readonly ChannelSetting[]
  readonly routes: readonly RouteSetting[]
  readonly environment: Environment
}

/** Whether each channel has its secrets, which are not shown; what it leads to is not asked. */
export function channelFindings({ channels, routes, environment }: ChannelPlace): Promise<Finding[]> {
  return Promise.all(channels.map((channel) => channelFinding(channel, routes, environment)))
}

async function channelFinding(
  channel: ChannelSetting,
  routes: readonly RouteSetting[],
  environment: Environment,
): Promise<Finding> {
  const { name, type } = channel
  const check = `channel ${name}`
  try {
    await readChannelSecrets(channel, environment)
  } catch (error) {
    return {
      check,
      state: 'failed',
      what: toAppError(error).message,
      remedy: 'set the variable, or write the file, that the configuration file names',
    }
  }
  const target = targetOf(channel)
  const own = routes.filter(({ channels }) => channels.includes(name)).map((route) => route.name)
  const told = routes.length === 0 ? 'told everything' : `told by ${own.join(', ') || 'no route'}`
  const what = `${type}${target === type ? '' : ` to ${target}`}, ${told}; "alerts test ${name}" tries it`
  if (routes.length === 0 || own.length > 0) return fine(check, what)
  return { check, state: 'warning', what, remedy: 'no route leads to it: write one, or take it out' }
}
