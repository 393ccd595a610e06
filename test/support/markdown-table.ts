/** A table of a page, without the padding of its columns, which `prettier --write` gives it. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

export function withoutPadding(table: string): string {
  return table
    .replaceAll(/-{3,}/g, '---')
    .replaceAll(/ *\| */g, '|')
    .trim()
}
