import type { ImportRecord } from '../../shared/import.ts'
import { formatCount, toTheMinute, type TableColumn } from './output.ts'

export const importColumns: readonly TableColumn<ImportRecord>[] = [
  { head: 'IMPORT', align: 'right', cell: ({ importId }) => String(importId) },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'KIND', cell: ({ kind }) => kind },
  { head: 'ACCEPTED', align: 'right', cell: ({ rowsAccepted }) => formatCount(rowsAccepted) },
  { head: 'CHANGED', align: 'right', cell: ({ rowsChanged }) => formatCount(rowsChanged) },
  { head: 'REPEATED', align: 'right', cell: ({ rowsRepeated }) => formatCount(rowsRepeated) },
  { head: 'REJECTED', align: 'right', cell: ({ rowsRejected }) => formatCount(rowsRejected) },
  {
    head: 'STORES',
    align: 'right',
    cell: ({ storesTouched }) => (storesTouched === null ? '' : formatCount(storesTouched)),
  },
  { head: 'FIRST POLL', cell: ({ firstPollAt }) => toTheMinute(firstPollAt) },
  { head: 'LAST POLL', cell: ({ lastPollAt }) => toTheMinute(lastPollAt) },
  { head: 'STARTED', cell: ({ startedAt }) => startedAt },
  { head: 'SOURCE', cell: ({ source, failure }) => (failure === null ? source : `${source} (${failure})`) },
]
