export function isPostgres(databaseUrl: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(databaseUrl)
}

/** The URL of a database as it may be shown: without a password. */
export function shownDatabase(databaseUrl: string): string {
  const url = isPostgres(databaseUrl) ? URL.parse(databaseUrl) : null
  if (url === null) return databaseUrl
  if (url.password !== '') url.password = '***'
  url.search = ''
  return url.href
}
