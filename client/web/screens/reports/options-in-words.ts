import type { Report } from '../../../../shared/report.ts'
import { judgingDefaults } from '../../view.ts'

/** By which rules a report was judged that are not the usual ones. */
export function unusualOf(report: Report) {
  const unlessUsual = (name: keyof typeof judgingDefaults) =>
    report[name] === judgingDefaults[name] ? undefined : report[name]
  return {
    interpolation: unlessUsual('interpolation'),
    reach: unlessUsual('reach'),
    corrections: unlessUsual('corrections'),
  }
}

/** What a report was computed with that is not what is usual. */
export function optionsInWords(report: Report): string {
  const { interpolation, reach, corrections } = unusualOf(report)
  return [interpolation, reach && `reach ${reach}`, corrections && 'without corrections', ...report.labels]
    .filter((text) => text !== undefined)
    .join(', ')
}
