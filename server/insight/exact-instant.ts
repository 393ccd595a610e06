/** Always with milliseconds: rule 29 of docs/uptime.md. */
export function exactInstant(epochMs: number): string {
  return new Date(epochMs).toISOString()
}
