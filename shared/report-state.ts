export const reportStates = ['queued', 'running', 'complete', 'failed', 'cancelled'] as const
export type ReportState = (typeof reportStates)[number]

export function isFinished(state: ReportState): boolean {
  return state === 'complete' || state === 'failed' || state === 'cancelled'
}
