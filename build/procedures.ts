import type { AnyTRPCProcedure } from '@trpc/server'
import { appRouter } from '../server/api/router.ts'

/** All procedures by their paths, such as `report.list`. */
export async function loadProcedures(): Promise<Readonly<Record<string, AnyTRPCProcedure>>> {
  const { lazy, procedures } = appRouter['_def']
  for (const part of Object.values(lazy)) await part.load()
  return procedures as never
}
