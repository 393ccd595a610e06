/** Looks whether all is well where a server runs or is to run. Nothing is changed. */
import { databaseFindings } from './database-findings.ts'
import type { Finding } from './finding.ts'
import { diskFindings, nodeFinding } from './machine-findings.ts'

export type { Finding } from './finding.ts'

export interface DoctorParts {
  readonly databaseUrl: string
  readonly now: () => number
  readonly versions: NodeJS.ProcessVersions
}

const OLDEST_NODE = 24

export async function examinePlace({ databaseUrl, now, versions }: DoctorParts): Promise<Finding[]> {
  const zoneDataVersion = versions['tz'] ?? 'unknown'
  return [
    nodeFinding(versions.node, OLDEST_NODE),
    ...(await databaseFindings({ databaseUrl, now, zoneDataVersion })),
    ...(await diskFindings(databaseUrl)),
  ]
}
