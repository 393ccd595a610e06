import { useQuery } from '@tanstack/react-query'
import { counted } from '../../format.ts'
import { Finding } from '../../parts/finding.tsx'
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
          <li key={finding.check}>
            <Finding finding={finding} />
          </li>
        ))}
      </ul>
    </details>
  )
}
