/** What the router is about to have, by its types in shared/. */
import type { UseQueryOptions } from '@tanstack/react-query'
import type * as z from 'zod'
import type { News } from '../../shared/news.ts'
import type { ReportHours } from '../../shared/report-hours.ts'
import type { ReportSummary, reportSummaryInput } from '../../shared/report-summary.ts'
import { client, trpc } from './trpc.ts'

interface Query<Input, Output> {
  queryOptions(
    input: Input,
    options?: {
      readonly enabled?: boolean
      readonly placeholderData?: (before: Output | undefined) => Output | undefined
    },
  ): UseQueryOptions<Output>
}

export const coming = trpc.report as unknown as {
  readonly summary: Query<z.input<typeof reportSummaryInput>, ReportSummary>
  readonly hours: Query<{ readonly reportId: string }, ReportHours>
}

export const comingNews = client.data as unknown as {
  readonly news: {
    subscribe(
      input: undefined,
      handlers: {
        readonly onData: (news: News) => void
        readonly onConnectionStateChange: (change: { state: string; error: unknown }) => void
      },
    ): { unsubscribe(): void }
  }
}
