import type { TRPCRequestInfo } from '@trpc/server/http'

/** What a request to the router is for; one of few, whatever the caller writes. */
export function procedureName({ calls }: TRPCRequestInfo): string {
  const paths = new Set(calls.map(({ path, procedure }) => (procedure === null ? 'unknown' : path)))
  return paths.size === 1 ? `trpc.${[...paths][0]!}` : 'trpc.batch'
}
