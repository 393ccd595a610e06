import { AppError } from '../../../shared/app-error.ts'

export function noSuchPoller(name: string, names: readonly string[]): AppError {
  const which = names.length === 0 ? 'the configuration file has none' : `there are ${names.join(', ')}`
  return new AppError('not-found', `there is no poller "${name}": ${which}`)
}
