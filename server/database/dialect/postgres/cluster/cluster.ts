import type { Cluster } from '../../dialect.ts'
import { spreadPolls } from './init.ts'
import { clusterStatus } from './status.ts'

export const citusCluster: Cluster = { spreadPolls, clusterStatus }
