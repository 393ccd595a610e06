/** The ranges of uptime that stores are counted and filtered by. */
import { uptimeBands, unobservedKinds, type Unobserved } from '../../../shared/row-columns.ts'

export interface Band {
  readonly from: number | null
  readonly to: number | null
  readonly observed: Unobserved | null
}

const unobservedTexts: Readonly<Record<Unobserved, string>> = {
  never: 'Never observed',
  'not-open': 'Not open',
}

export const bands: readonly Band[] = [
  ...uptimeBands.map((band) => ({ ...band, observed: null })),
  ...unobservedKinds.map((observed) => ({ from: null, to: null, observed })),
]

/** As the address has it: `80..90`, or `never`. */
export function bandValue({ from, to, observed }: Band): string {
  return observed ?? `${from ?? ''}..${to ?? ''}`
}

/** `80–90 %`, `below 50 %`, `exactly 100 %`. */
export function bandText({ from, to, observed }: Band): string {
  if (observed !== null) return unobservedTexts[observed]
  if (from === to) return `${from} %`
  return from === null || from === 0
    ? `Below ${to} %`
    : to === null
      ? `${from} % and more`
      : `${from}–${to} %`
}
