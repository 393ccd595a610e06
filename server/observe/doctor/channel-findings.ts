import { toAppError } from '../../../shared/app-error.ts'
import { targetOf, type ChannelSetting } from '../../alerts/channels/list.ts'
import { readChannelSecrets } from '../../alerts/channels/secrets-of.ts'
import type { Environment } from '../../config-file/secrets.ts'
import { fine, type Finding } from './finding.ts'

export interface ChannelPlace {
  readonly channels: readonly ChannelSetting[]
  readonly environment: Environment
}

/** Whether each channel has its secrets, which are not shown; what it leads to is not asked. */
export function channelFindings({ channels, environment }: ChannelPlace): Promise<Finding[]> {
  return Promise.all(channels.map((channel) => channelFinding(channel, environment)))
}

async function channelFinding(channel: ChannelSetting, environment: Environment): Promise<Finding> {
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
  return fine(check, `${type}${target === type ? '' : ` to ${target}`}; "alerts test ${name}" tries it`)
}
