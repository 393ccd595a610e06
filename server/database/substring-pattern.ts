/** A pattern for `lower(…) like … escape '\'` that finds `text` anywhere, in upper or lower case. */
export function substringPattern(text: string): string {
  return `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
}
