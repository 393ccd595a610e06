/** Looks whether all is well where a server runs or is to run. Nothing is changed. */
import { channelFindings, type ChannelPlace } from './channel-findings.ts'
import { databaseFindings } from './database-findings.ts'
import type { Finding } from './finding.ts'
import { providerFinding, type ProviderPlace } from './provider-finding.ts'
import { diskFindings, nodeFinding } from './machine-findings.ts'

export type { Finding } from './finding.ts'

export interface DoctorParts {
  readonly databaseUrl: string
  readonly now: () => number
  readonly versions: NodeJS.ProcessVersions
  /** Where people sign in who are known elsewhere. */
  readonly provider?: ProviderPlace | undefined
  /** By what is told what happened. */
  readonly telling?: ChannelPlace | undefined
}

const OLDEST_NODE = 24

export async function examinePlace({
  databaseUrl,
  now,
  versions,
  provider,
  telling,
}: DoctorParts): Promise<Finding[]> {
  const zoneDataVersion = versions['tz'] ?? 'unknown'
  return [
    nodeFinding(versions.node, OLDEST_NODE),
    ...(await databaseFindings({ databaseUrl, now, zoneDataVersion })),
    ...(await diskFindings(databaseUrl)),
    ...(provider === undefined ? [] : [await providerFinding(provider)]),
    ...(telling === undefined ? [] : await channelFindings(telling)),
  ]
}
