import { useQuery } from '@tanstack/react-query'
import type { CheckFinding } from '../../../../shared/check.ts'
import { counted, instant } from '../../format.ts'
import { StoreLink } from '../../parts/store-link.tsx'
import { trpc } from '../../trpc.ts'

/** What the data check found, as a line that opens. */
export function Findings() {
  const { data } = useQuery(trpc.data.check.queryOptions({ limit: 5 }))
  if (data === undefined || data.findings.length === 0) return null
  const doubtful = data.findings.filter(({ isDoubtful }) => isDoubtful).length
  return (
    <details className="findings">
      <summary>
        The data check found {counted(data.findings.length, 'thing')}
        {doubtful > 0 && `, ${doubtful} of which make figures doubtful`}
      </summary>
      <ul>
        {data.findings.map((finding) => (
          <Finding key={finding.check} finding={finding} />
        ))}
      </ul>
    </details>
  )
}

function Finding({ finding: { summary, remedy, first } }: { finding: CheckFinding }) {
  return (
    <li>
      <p>{summary}</p>
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
    </li>
  )
}
