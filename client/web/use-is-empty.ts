import { useQuery } from '@tanstack/react-query'
import { trpc } from './trpc.ts'

/** Whether there are no polls at all. */
export function useIsEmpty(): boolean {
  const { data } = useQuery(trpc.health.queryOptions())
  return data?.database.polls === 0
}
