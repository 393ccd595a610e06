/** The one place that reads the browser's clock: for how old something is, and never for a figure. */
export function nowMs(): number {
  return Date.now()
}
