/** How the polls of a database are spread over machines. */

/** What a machine has of the polls. */
export interface NodeStatus {
  readonly node: string
  readonly isActive: boolean
  readonly shards: number
  readonly bytes: number
}

export interface ClusterStatus {
  /** Whether polls are spread. */
  readonly isSpread: boolean
  readonly nodes: readonly NodeStatus[]
  /** Commits that have not come to their end on a machine. */
  readonly unfinished: number
}

export interface SpreadPolls {
  /** The tables that were spread now: none where they were already. */
  readonly tables: readonly string[]
  readonly nodes: number
  readonly shards: number
}
