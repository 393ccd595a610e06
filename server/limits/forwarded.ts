/** What one proxy says: the values of its fields, by their names. */
export type ForwardedElement = ReadonlyMap<string, string>

const form = /\s*(?:([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))\s*)?(;|,|$)/gy

/**
 * What proxies say in `Forwarded`, the nearest last: https://www.rfc-editor.org/rfc/rfc7239. Where it is malformed, all of it
 * counts for nothing: a client may have opened quotes, so that what its proxy writes stands within them.
 */
export function forwardedElements(header: string | undefined): readonly ForwardedElement[] {
  if (header === undefined) return []
  const elements = [new Map<string, string>()]
  let isWhole = false
  for (const [, name, quoted, value, end] of header.matchAll(form)) {
    if (name !== undefined) elements.at(-1)!.set(name.toLowerCase(), quoted ?? value ?? '')
    if (end === ',') elements.push(new Map())
    isWhole = end === ''
  }
  return isWhole ? elements : [new Map()]
}
