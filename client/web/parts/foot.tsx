import { useQuery } from '@tanstack/react-query'
import { count } from '../format.ts'
import { trpc } from '../trpc.ts'
import { KeyHelp } from './key-help.tsx'

export function Foot() {
  const { data } = useQuery(trpc.health.queryOptions())
  return (
    <footer className="foot">
      <div className="frame">
        <span>
          store-monitor {data?.version}
          {data && `, ${count(data.database.stores)} stores`}
          {data && data.database.polls !== null && `, ${count(data.database.polls)} polls`}
        </span>
        <a href="/docs">API</a>
        <a href="/openapi.json">OpenAPI</a>
        <a href="/health">Health</a>
        <KeyHelp />
      </div>
    </footer>
  )
}
