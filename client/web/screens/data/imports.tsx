import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ImportRecord } from '../../../../shared/import.ts'
import { useMay } from '../../caller.ts'
import { count, counted, instant } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Failed } from '../../parts/notice.tsx'
import { OlderOnes } from '../../parts/older-ones.tsx'
import { Sideways } from '../../parts/sideways.tsx'
import { queryClient, trpc } from '../../trpc.ts'
import { TouchedCount, TouchedStores } from './touched-stores.tsx'

const PER_PAGE = 20
const LOOK_EVERY_MS = 1000
const MOST_ROWS = 20

/** Every file that was read, with what was not taken of it. */
export function Imports() {
  const list = useInfiniteQuery(
    trpc.import.list.infiniteQueryOptions(
      { limit: PER_PAGE },
      {
        getNextPageParam: ({ nextCursor }) => nextCursor,
        staleTime: 0,
        refetchInterval: ({ state }) =>
          state.data?.pages[0]?.items.some((record) => record.state === 'running') ? LOOK_EVERY_MS : false,
      },
    ),
  )
  const records = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <section aria-labelledby="imports">
      <h2 id="imports">Imports</h2>
      {list.error && <Failed error={list.error} />}
      {list.data && records.length === 0 && <p className="quiet">None yet.</p>}
      {records.length > 0 && (
        <Sideways heading="imports">
          <table>
            <thead>
              <tr>
                <Column>File</Column>
                <Column>What it holds</Column>
                <Column>State</Column>
                <Column isNumber>Rows</Column>
                <Column isNumber>Changed</Column>
                <Column isNumber>Rejected</Column>
                <Column isNumber>Stores</Column>
                <Column>Started</Column>
              </tr>
            </thead>
            <tbody>
              {records.map((record) => (
                <Line key={record.importId} record={record} />
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
      <OlderOnes list={list} />
      {records
        .filter(({ rowsRejected }) => rowsRejected > 0)
        .map((record) => (
          <Rejected key={record.importId} record={record} />
        ))}
    </section>
  )
}

function Line({ record }: { record: ImportRecord }) {
  const { importId, source, kind, state, failure, rowsAccepted, rowsChanged, rowsRejected } = record
  const { storesTouched, startedAt } = record
  const [isOpen, setOpen] = useState(false)
  const mayCancel = useMay('imports:write')
  const cancel = useMutation(
    trpc.import.cancel.mutationOptions({
      onSettled: () => void queryClient.invalidateQueries(trpc.import.list.pathFilter()),
    }),
  )
  return (
    <>
      <tr>
        <th scope="row">{source}</th>
        <td>{kind}</td>
        <td>
          {failure === null ? state : <span className="worse">{`${state}: ${failure}`}</span>}
          {state === 'running' && mayCancel && (
            <button type="button" className="plain" onClick={() => cancel.mutate({ importId })}>
              Cancel<span className="unseen"> the import of {source}</span>
            </button>
          )}
        </td>
        <td className="number">{count(rowsAccepted)}</td>
        <td className="number">{count(rowsChanged)}</td>
        <td className="number">{count(rowsRejected)}</td>
        <td className="number">
          <TouchedCount
            stores={storesTouched}
            source={source}
            isOpen={isOpen}
            onToggle={() => setOpen(!isOpen)}
          />
        </td>
        <td>
          <time dateTime={startedAt}>{instant(startedAt)}</time>
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={8}>
            <TouchedStores importId={importId} />
          </td>
        </tr>
      )}
    </>
  )
}

/** Rejected rows by reason, and the first of them as the file has them; asked for when it is opened. */
function Rejected({ record: { importId, source, rowsRejected } }: { record: ImportRecord }) {
  const summary = useQuery(trpc.import.rejectedSummary.queryOptions({ importId }, { enabled: false }))
  const rows = useQuery(
    trpc.import.rejectedRows.queryOptions({ importId, limit: MOST_ROWS }, { enabled: false }),
  )
  const error = summary.error ?? rows.error
  const more = rowsRejected - (rows.data?.items.length ?? 0)
  return (
    <details
      className="finding"
      onToggle={({ currentTarget }) => {
        if (!currentTarget.open || summary.data) return
        void summary.refetch()
        void rows.refetch()
      }}
    >
      <summary>{`${counted(rowsRejected, 'rejected row')} of ${source} (import ${importId})`}</summary>
      {error && <Failed error={error} />}
      <ul>
        {summary.data?.reasons.map(({ reason, rows: howMany, firstLine }) => (
          <li key={reason}>
            {reason}{' '}
            <span className="quiet">{`${counted(howMany, 'row')}, the first on line ${firstLine}`}</span>
          </li>
        ))}
      </ul>
      {rows.data && (
        <Sideways label={`Rejected rows of ${source}`}>
          <table>
            <thead>
              <tr>
                <Column isNumber>Line</Column>
                <Column>Row</Column>
                <Column>Why</Column>
              </tr>
            </thead>
            <tbody>
              {rows.data.items.map(({ line, text, reason }) => (
                <tr key={line}>
                  <td className="number">{count(line)}</td>
                  <td>
                    <code>{text}</code>
                  </td>
                  <td>{reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {more > 0 && <p className="quiet">and {counted(more, 'more row')}</p>}
        </Sideways>
      )}
    </details>
  )
}
