import { lazy, Suspense } from 'react'
import { useMay } from '../caller.ts'
import { Sideways } from '../parts/sideways.tsx'
import { useTitle } from '../parts/title.ts'

const FileDrop = lazy(async () => ({ default: (await import('../parts/file-drop.tsx')).FileDrop }))

/** The first step, where there is nothing to look at. */
export function EmptyDatabase() {
  useTitle('First step')
  const mayImport = useMay('imports:write')
  return (
    <div className="first-step">
      <h1>There are no polls yet</h1>
      <p>
        Give it what the poller writes, a CSV of <code>store_id, status, timestamp_utc</code>, and what is
        known of the stores: their business hours (
        <code>store_id, dayOfWeek, start_time_local, end_time_local</code>) and time zones (
        <code>store_id, timezone_str</code>). What a file holds is seen from its header.
      </p>
      {mayImport && (
        <Suspense>
          <FileDrop />
        </Suspense>
      )}
      <p className="quiet">From a terminal:</p>
      <Sideways label="Commands">
        <pre>
          <code>{`curl --data-binary @store_status.csv '${location.origin}/imports?source=store_status.csv'
store-monitor import FOLDER --url ${location.origin}`}</code>
        </pre>
      </Sideways>
    </div>
  )
}
