/** What the configuration file has names for: sources, pollers, channels and digests. */
import { AppError } from '../shared/app-error.ts'

type Kind = 'source' | 'poller' | 'channel' | 'digest'

interface Named {
  readonly name: string
}

export function noSuch(kind: Kind, name: string, names: readonly string[]): AppError {
  const which = names.length === 0 ? 'the configuration file has none' : `there are ${names.join(', ')}`
  return new AppError('not-found', `there is no ${kind} "${name}": ${which}`)
}

/** The one with a name. Throws a `not-found` AppError that says which there are. */
export function settingNamed<Setting extends Named>(
  kind: Kind,
  settings: readonly Setting[],
  name: string,
): Setting {
  const found = settings.find((one) => one.name === name)
  if (found !== undefined) return found
  const names = settings.map((one) => one.name)
  throw noSuch(kind, name, names)
}

/** Those of the configuration file, in its order, and then those that it has no more. */
export function allShown<Setting extends Named, Stored, Shown>(
  settings: readonly Setting[],
  stored: ReadonlyMap<string, Stored>,
  show: (name: string, setting: Setting | undefined, stored: Stored | undefined) => Shown,
): Shown[] {
  const byName = new Map(settings.map((one) => [one.name, one]))
  const names = new Set([...byName.keys(), ...stored.keys()])
  return Array.from(names, (name) => show(name, byName.get(name), stored.get(name)))
}
