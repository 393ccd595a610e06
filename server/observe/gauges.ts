import type { Registry } from '@prometheus-io/client'
import { incidentConditions } from '../../shared/incident-condition.ts'
import type { DatabaseMeasures, Load } from './load.ts'
import { metricMakers } from './metric-makers.ts'

export interface Gauges {
  putLoad(load: Load): void
  /** undefined where the database cannot be read. */
  putDatabase(measures: DatabaseMeasures | undefined): void
}

/** What is measured when somebody asks. */
export function gaugesOf(
  registry: Registry,
  { version, database }: { readonly version: string; readonly database: string },
): Gauges {
  const { gauge } = metricMakers(registry)
  const labels = ['version', 'database'] as const
  gauge('build_info', 'The version, and the kind of its database', labels).set({ version, database }, 1)
  const reports = gauge('reports', 'Reports that are not done, of this process: waiting, or running', [
    'state',
  ])
  const threads = gauge('threads', 'Threads, by what they do', ['pool'])
  const imports = gauge('imports_waiting', 'Files and folders that wait to be imported, also the one at it')
  const uploads = gauge(
    'uploads_kept',
    'Uploads that are kept in the database: those that come, and those to be imported',
  )
  const uploadBytes = gauge('uploads_kept_bytes', 'How large those are, packed')
  const pushes = gauge('pushes_waiting', 'Pushes that wait to be written')
  const pushedBytes = gauge('pushes_waiting_bytes', 'How large those are')
  const up = gauge('database_up', 'Whether the database could be read: 1, or 0')
  const stores = gauge('stores', 'Stores that are known')
  const polls = gauge('polls', 'Polls that are stored')
  const latest = gauge('latest_poll_timestamp_seconds', 'When the latest poll was, in seconds since 1970')
  const bytes = gauge('database_bytes', 'How large the database is, without the log of SQLite')
  const freeBytes = gauge('database_free_bytes', 'How much of it is free for what is written next (SQLite)')
  const tailRows = gauge('tail_rows', 'Rows of polls that are to be put to their weeks')
  const tailPolls = gauge('tail_polls', 'Polls in those')
  const alertMessages = gauge(
    'alert_messages',
    'Messages of alerts that are to be delivered (waiting), or were given up (dead)',
    ['state'],
  )
  const incidents = gauge('incidents_open', 'Incidents that are open as far as was told, by condition', [
    'condition',
  ])
  const lookedUpTo = gauge(
    'incidents_looked_timestamp_seconds',
    'The time of the latest poll up to which it was looked for incidents, in seconds since 1970',
  )

  return {
    putLoad(load) {
      reports.set({ state: 'waiting' }, load.reports.waiting)
      reports.set({ state: 'running' }, load.reports.underWay)
      imports.set(load.imports)
      pushes.set(load.pushes)
      pushedBytes.set(load.pushedBytes)
      for (const [pool, count] of Object.entries(load.threads)) threads.set({ pool }, count)
    },
    putDatabase(measures) {
      up.set(measures === undefined ? 0 : 1)
      if (measures === undefined) return
      stores.set(measures.stores)
      uploads.set(measures.uploads.uploads)
      uploadBytes.set(measures.uploads.bytes)
      polls.set(measures.polls)
      latest.set((measures.latestPollAt ?? NaN) / 1000)
      bytes.set(measures.bytes)
      freeBytes.set(measures.freeBytes ?? NaN)
      tailRows.set(measures.tailRows)
      tailPolls.set(measures.tailPolls)
      for (const [state, count] of Object.entries(measures.alertMessages)) alertMessages.set({ state }, count)
      for (const condition of incidentConditions) {
        incidents.set({ condition }, measures.openIncidents.get(condition) ?? 0)
      }
      lookedUpTo.set((measures.lookedUpToMs ?? NaN) / 1000)
    },
  }
}
