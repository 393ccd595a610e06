/** The first problem of what `pragma quick_check` says, in one line: where it has two, the first names only the database. */
export function problemFound(said: string | undefined): string | undefined {
  return said === 'ok' ? undefined : (said?.split('\n').at(-1) ?? 'it cannot be checked')
}
