import type { StoreLabel } from '../../shared/group.ts'

/** The groups that something is about, of the text that keeps them. */
export function labelsOf({ labels }: { readonly labels: string | null }): readonly StoreLabel[] {
  return labels === null ? [] : (JSON.parse(labels) as StoreLabel[])
}

/** As they are kept: the same groups in another order are the same text. */
export function textOfLabels(labels: readonly StoreLabel[] = []): string | null {
  if (labels.length === 0) return null
  const inOrder = labels.map(({ label, value }) => JSON.stringify({ label, value })).sort()
  return `[${[...new Set(inOrder)].join()}]`
}
