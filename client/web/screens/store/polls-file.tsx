import { useEffect, useState } from 'react'
import type { Timeline } from '../../../../shared/timeline.ts'
import { counted } from '../../format.ts'
import { pollsCsv } from './polls-csv.ts'

/** The polls that are shown, as a file that can be imported. */
export function PollsFile({ timeline }: { timeline: Timeline }) {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([pollsCsv(timeline)], { type: 'text/csv' }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [timeline])
  return (
    <p>
      <a href={url} download={`polls-${timeline.storeId}.csv`}>
        {counted(timeline.polls.length, 'poll')} as CSV
      </a>
    </p>
  )
}
