import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { counted } from '../../format.ts'
import { Finding } from '../../parts/finding.tsx'
import { Failed, Waiting } from '../../parts/notice.tsx'
import { trpc } from '../../trpc.ts'

/** The check reads the polls of a week: with more stores than these only where somebody wants to see it. */
const STORES_CHECKED_AT_ONCE = 50_000

/** What the data check found, as a line that opens. */
export function Findings({ stores }: { stores: number }) {
  const [isOpen, setIsOpen] = useState(false)
  const isWanted = isOpen || stores <= STORES_CHECKED_AT_ONCE
  const { data, error } = useQuery(trpc.data.check.queryOptions({ limit: 5 }, { enabled: isWanted }))
  if (data?.findings.length === 0) return null
  const doubtful = data?.findings.filter(({ isDoubtful }) => isDoubtful).length ?? 0
  return (
    <details className="findings" onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>
        {data
          ? `The data check found ${counted(data.findings.length, 'thing')}`
          : 'What the data check finds'}
        {doubtful > 0 && `, ${doubtful} of which make figures doubtful`}
      </summary>
      {error ? <Failed error={error} /> : data === undefined && isOpen && <Waiting />}
      <ul>
        {data?.findings.map((finding) => (
          <li key={finding.check}>
            <Finding finding={finding} />
          </li>
        ))}
      </ul>
    </details>
  )
}
