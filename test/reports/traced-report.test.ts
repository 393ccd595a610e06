import { expect, test } from 'vitest'
import { tracedReport } from '../../server/reports/traced-report.ts'
import { workTraces, type EndedWork } from '../../server/tracing/work-traces.ts'
import type { ReportId } from '../../shared/ids.ts'

const reportId = 'd3b1' as ReportId

test.each([
  ['that ended here has its state', 'ended', true, 'complete'],
  ['that was cancelled here is told to be', 'dropped', false, 'cancelled'],
  ['that others ended has none', 'unwanted', false, undefined],
] as const)('the trace of a report %s', (_, how, isEndedHere, state) => {
  const told: EndedWork[] = []
  const { jobParts, onGone } = tracedReport(
    workTraces((ended) => told.push(ended)),
    reportId,
    { onEnd: undefined, onGone() {} },
  )
  if (isEndedHere) {
    jobParts.onEnd!({ reportId, state: 'complete', stores: 3, durationMs: 1, failure: undefined })
  }
  onGone(how)
  expect(told).toMatchObject([{ name: 'report', attributes: { 'store_monitor.report.state': state } }])
})
