import type { WeeklySpan } from '../../shared/store.ts'

type Triple = readonly [day: number, start: string, end: string]

/** The one text of a weekly rule, as it is stored: JSON, `[[day, start, end], …]`, sorted and without repeats. */
export function textOfSpans(spans: readonly WeeklySpan[]): string {
  // Times have nothing that JSON would escape.
  const texts = spans.map(({ day, start, end }) => `[${day},"${start}","${end}"]`)
  return `[${[...new Set(texts)].sort().join(',')}]`
}

export function spansOfText(text: string): WeeklySpan[] {
  return (JSON.parse(text) as Triple[]).map(([day, start, end]) => ({ day, start, end }))
}
