import { secretIn, withSecrets, type Environment } from '../../config-file/secrets.ts'
import type { ChannelSetting } from './list.ts'

/** Throws an `invalid` AppError where a variable is not set that a channel wants. */
export function requireChannelSecrets(channels: readonly ChannelSetting[], environment: Environment): void {
  for (const text of channels.flatMap(textsOf)) withSecrets(text, environment)
}

/** Throws an AppError where a secret is not there, also one in a file. */
export async function readChannelSecrets(channel: ChannelSetting, environment: Environment): Promise<void> {
  for (const text of textsOf(channel)) await secretIn(text, environment)
}

/** All texts that are written of a channel, any of which may have a secret; a command has none. */
function textsOf(channel: ChannelSetting): string[] {
  return channel.type === 'command' ? [] : textsIn(channel)
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
