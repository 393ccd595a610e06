/** The addresses of the page; programs are answered at some of them, too. */
const pagePath = /^\/(?:stores(?:\/[^/]+)?|reports|month|alerts|data)?$/

export function isPagePath(path: string): boolean {
  return pagePath.test(path)
}

/**
 * Whether a page is asked for: by browsers, which name HTML first, and not by who takes JSON as well, or anything, as
 * Java's own client does, which names HTML and then `*`.
 */
export function wantsPage(accept = ''): boolean {
  const types = accept.split(',').map((type) => type.trim())
  const isNamed = (name: string) =>
    types.some((type) => type.split(';')[0]!.trimEnd() === name && !/;\s*q=0(?:\.0*)?$/.test(type))
  return isNamed('text/html') && !isNamed('application/json') && !isNamed('*')
}
