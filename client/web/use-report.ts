import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query'
import { parseDuration } from '../../shared/duration.ts'
import type { Progress, Report, ReportOptionsInput } from '../../shared/report.ts'
import { formatTimestamp, parseTimestamp } from '../../shared/timestamp.ts'
import { client, queryClient } from './trpc.ts'
import { useView } from './use-view.ts'
import type { View } from './view.ts'

type EnsureInput = Omit<ReportOptionsInput, 'by' | 'from' | 'to'>

const PROGRESS_EVERY_MS = 300

/** What change is told against where the view does not say: so long before. */
export const defaultCompare = '7d'

/** The report of the view, complete; while another one is computed, the one that was shown. */
export function useReport() {
  const { view } = useView()
  return useReportOf(inputOf(view))
}

/** The report that change is told against; nothing where the view wants no change, or there is none. */
export function useCompared(report: Report | undefined): Report | undefined {
  const { view } = useView()
  const asOf = report && comparedAsOf(report.asOf, view.compare)
  return useReportOf(asOf === undefined ? undefined : inputOf({ ...view, asOf })).data
}

/** How far the report is that is computed now; undefined where none is. */
export function useProgress(): Progress | undefined {
  const { view } = useView()
  return useQuery<Progress>({ queryKey: progressKey(inputOf(view)), queryFn: skipToken }).data
}

function progressKey(input: EnsureInput | undefined) {
  return ['progress', input] as const
}

function useReportOf(input: EnsureInput | undefined) {
  return useQuery({
    queryKey: ['viewpoint', input],
    queryFn: ({ signal }) => completeReport(input!, signal),
    enabled: input !== undefined,
    placeholderData: keepPreviousData,
  })
}

async function completeReport(input: EnsureInput, signal: AbortSignal): Promise<Report> {
  let report: Report = await client.report.ensure.mutate(input, { signal })
  const key = progressKey(input)
  try {
    while (report.state === 'queued' || report.state === 'running') {
      queryClient.setQueryData(key, report.progress)
      await passed(PROGRESS_EVERY_MS)
      signal.throwIfAborted()
      report = await client.report.get.query({ reportId: report.reportId }, { signal })
    }
  } finally {
    queryClient.removeQueries({ queryKey: key })
  }
  if (report.state === 'complete') return report
  throw new Error(
    report.state === 'failed'
      ? `The report failed: ${report.failure}`
      : 'The report was cancelled elsewhere.',
  )
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms))
}

/** The server is the one to say what is wrong with a value. */
export function inputOf({ asOf, interpolation, reach, corrections, group }: View): EnsureInput {
  const given = { asOf, interpolation, reach, corrections, labels: group }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as EnsureInput
}

/** What is looked back from to compare; undefined where nothing is to be compared, or that is nonsense. */
function comparedAsOf(asOf: string, compare = defaultCompare): string | undefined {
  if (compare === 'none') return undefined
  try {
    return formatTimestamp(parseTimestamp(asOf) - parseDuration(compare))
  } catch {
    return undefined
  }
}
