/** By what digests come to their channels: no route of the configuration file can be called so. */
const BEGINNING = 'digest '

export function digestRoute(name: string): string {
  return BEGINNING + name
}

/** A digest is told by itself, and is held back by nothing. */
export function isDigestRoute(route: string | null): boolean {
  return route?.startsWith(BEGINNING) === true
}

/** By what a digest of a period is known in the ledger. */
export function digestIncident(name: string, period: string): string {
  return `digest-${name}-${period}`
}
