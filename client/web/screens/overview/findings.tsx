import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { CheckFinding } from '../../../../shared/check.ts'
import { capitalised, counted } from '../../format.ts'
import { Finding } from '../../parts/finding.tsx'
import { Failed, Waiting } from '../../parts/notice.tsx'
import { trpc } from '../../trpc.ts'

/** The check reads the polls of a week: with more stores than these only where somebody wants to see it. */
const STORES_CHECKED_AT_ONCE = 50_000

/** Outages of the poller and what else the data check found, as a line that opens. */
export function Findings({ stores }: { stores: number }) {
  const [isOpen, setIsOpen] = useState(false)
  const isWanted = isOpen || stores <= STORES_CHECKED_AT_ONCE
  const { data, error } = useQuery(trpc.data.check.queryOptions({ limit: 5 }, { enabled: isWanted }))
  if (data?.findings.length === 0) return null
  return (
    <details className="findings" onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>{data ? inWords(data.findings) : 'What the data check finds'}</summary>
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

function inWords(findings: readonly CheckFinding[]): string {
  const outage = findings.find(({ check }) => check === 'poller-outage')
  const others = findings.filter((finding) => finding !== outage)
  const doubtful = others.filter(({ isDoubtful }) => isDoubtful).length
  const other = outage === undefined ? 'thing' : 'other thing'
  const parts = [
    ...(outage ? [`The poller missed most stores in ${counted(outage.count, 'hour')}`] : []),
    ...(others.length > 0 ? [`the data check found ${counted(others.length, other)}`] : []),
    ...(doubtful > 0 ? [`${doubtful} of which make figures doubtful`] : []),
  ]
  return capitalised(parts.join(', '))
}
