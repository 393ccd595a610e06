import type { Words } from '../in-words.ts'

/** A message as lines of text. */
export function linesOfWords({ lines, more, link }: Words): string[] {
  return [...lines, ...(more === 0 ? [] : [`… and ${more} more`]), ...(link === undefined ? [] : ['', link])]
}
