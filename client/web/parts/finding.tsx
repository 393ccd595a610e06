import type { CheckFinding } from '../../../shared/check.ts'
import { instant } from '../format.ts'
import { StoreLink } from './store-link.tsx'

/** What the data check found, what to do about it, and the first stores; `isTold` where its summary is there already. */
export function Finding({
  finding: { summary, remedy, first },
  isTold = false,
}: {
  finding: CheckFinding
  isTold?: boolean
}) {
  return (
    <>
      {!isTold && <p>{summary}</p>}
      <p className="quiet">{remedy}</p>
      <ul>
        {first.map(({ storeId, from, until, detail }) => (
          <li key={`${storeId} ${from} ${detail}`}>
            {storeId !== null && <StoreLink row={{ storeId, name: null }} />}
            {from !== null && `${instant(from)} to ${instant(until)}`}
            {detail !== null && <span className="quiet"> {detail}</span>}
          </li>
        ))}
      </ul>
    </>
  )
}
