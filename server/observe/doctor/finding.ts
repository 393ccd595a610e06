/** Something that was looked at. */
export interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warning' | 'failed'
  readonly what: string
  /** What to do; null where nothing has to be done. */
  readonly remedy: string | null
}

export function fine(check: string, what: string): Finding {
  return { check, state: 'ok', what, remedy: null }
}

/** An AppError's message says what to do, too. */
export function failed(check: string, error: unknown): Finding {
  const [what = '', ...remedies] = (error instanceof Error ? error.message : String(error)).split(': ')
  const remedy = remedies.pop() ?? null
  return { check, state: 'failed', what: [what, ...remedies].join(': '), remedy }
}
