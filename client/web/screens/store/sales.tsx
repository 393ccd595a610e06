import type { Timeline } from '../../../../shared/timeline.ts'
import { businessTime, money } from '../../format.ts'
import { salesInWords, sourceInWords } from '../../parts/sales.ts'

/** What the store lost while it was down; nothing where it is not known what it takes. */
export function Sales({ timeline: { salesAtRisk, totals } }: { timeline: Timeline }) {
  if (salesAtRisk === null || totals.downtimeMs === 0) return null
  const { middle, basis, unpricedMs } = salesAtRisk
  return (
    <section aria-labelledby="sales">
      <h2 id="sales">Sales at risk</h2>
      <p>
        <strong>{salesInWords(salesAtRisk)}</strong>, most likely {money(middle)}{' '}
        <span className="quiet">
          by {sourceInWords(basis)}
          {unpricedMs > 0 &&
            `; not in it are ${businessTime(unpricedMs)} of which it is not known what it takes`}
          {totals.unknownMs > 0 && `; never in it are ${businessTime(totals.unknownMs)} unknown`}
        </span>
      </p>
    </section>
  )
}
