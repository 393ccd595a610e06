import type { Report } from '../../../../shared/report.ts'

/** What a report was computed with that is not what is usual. */
export function optionsInWords({
  interpolation,
  reach,
  corrections,
  labels,
}: Pick<Report, 'interpolation' | 'reach' | 'corrections' | 'labels'>): string {
  return [
    interpolation === 'nearest' ? undefined : interpolation,
    reach === '24h' ? undefined : `reach ${reach}`,
    corrections === 'applied' ? undefined : 'without corrections',
    ...labels,
  ]
    .filter((text) => text !== undefined)
    .join(', ')
}
