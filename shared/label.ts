/** How many labels a store may have, and how long the name of one may be. */
export const maxLabels = 100
export const maxLabelLength = 100

/** What a label is called: its column's name in one form, as case, spaces and `-` make no difference. */
export function labelOf(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '_')
}

/** A label and its value as they are asked for. */
export function writtenLabel({ label, value }: { readonly label: string; readonly value: string }): string {
  return `${label}=${value}`
}

/** Whether a label can be asked for as `label=value`. */
export function isLabel(label: string): boolean {
  return label.length <= maxLabelLength && /^[^=,\p{Cc}]+$/u.test(label)
}
