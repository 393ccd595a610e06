import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { GroupRow } from '../../../../shared/group.ts'
import type { ReportSummary } from '../../../../shared/report-summary.ts'
import type { Report } from '../../../../shared/report.ts'
import type { WindowName } from '../../../../shared/row-columns.ts'
import { ShareBar } from '../../charts/share-bar.tsx'
import type { Tally } from '../../charts/tally.ts'
import { count, percent } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { ViewLink } from '../../parts/view-link.tsx'
import { trpc } from '../../trpc.ts'
import type { ViewChanges } from '../../use-view.ts'

const SHOWN = 10

interface Line {
  readonly name: string
  readonly to: ViewChanges | undefined
  readonly stores: number
  readonly down?: number
  readonly uptimePercent: number | null
  readonly tally: Tally
}

/** Zones of the stores, worst first. */
export function Zones({ zones }: { zones: ReportSummary['timezones'] }) {
  const lines = zones.map((zone) => ({
    ...zone,
    name: zone.timezone,
    to: { zone: zone.timezone },
    tally: zone,
  }))
  return (
    <section aria-labelledby="zones">
      <div className="section-head">
        <h2 id="zones">Time zones</h2>
      </div>
      <Lines head="Zone" lines={lines} />
    </section>
  )
}

/** The groups of a label, worst first. */
export function Groups({
  report,
  labels,
  window,
}: {
  report: Report
  labels: readonly string[]
  window: WindowName
}) {
  const [chosen, setChosen] = useState<string>()
  const by = chosen !== undefined && labels.includes(chosen) ? chosen : (labels[0] ?? '')
  const groups = useQuery(
    trpc.report.groups.queryOptions(
      { reportId: report.reportId, by },
      { enabled: by !== '', placeholderData: (before) => before },
    ),
  )
  if (by === '') return null
  const lines = (groups.data?.groups ?? []).map((group) => lineOf(group, by, window)).toSorted(worstFirst)
  return (
    <section aria-labelledby="groups">
      <div className="section-head">
        <h2 id="groups">Groups</h2>
        <label>
          <span className="quiet">by </span>
          <select value={by} onChange={({ target }) => setChosen(target.value)}>
            {labels.map((label) => (
              <option key={label}>{label}</option>
            ))}
          </select>
        </label>
      </div>
      <Lines head={by} lines={lines} />
    </section>
  )
}

function lineOf(group: GroupRow, by: string, window: WindowName): Line {
  return {
    name: group.group ?? `no ${by}`,
    to: group.group === null ? undefined : { group: [`${by}=${group.group}`] },
    stores: group.stores,
    uptimePercent: group[`uptime${window}Percent`],
    tally: {
      uptimeMs: group[`uptime${window}Ms`],
      downtimeMs: group[`downtime${window}Ms`],
      unknownMs: group[`unknown${window}Ms`],
      excusedMs: group[`excused${window}Ms`],
    },
  }
}

function worstFirst(a: Line, b: Line): number {
  return (a.uptimePercent ?? 101) - (b.uptimePercent ?? 101)
}

function Lines({ head, lines }: { head: string; lines: readonly Line[] }) {
  const [isWhole, setIsWhole] = useState(false)
  const shown = isWhole ? lines : lines.slice(0, SHOWN)
  const hasDown = lines.some(({ down }) => down !== undefined)
  return (
    <>
      <table className="wide">
        <thead>
          <tr>
            <Column>{head}</Column>
            <Column isNumber>Stores</Column>
            {hasDown && <Column isNumber>Down now</Column>}
            <Column isNumber>Uptime</Column>
            <th scope="col" className="phone-out">
              Business time
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ name, to, stores, down, uptimePercent, tally }) => (
            <tr key={name}>
              <th scope="row">
                {to ? (
                  <ViewLink to="/stores" with={to}>
                    {name}
                  </ViewLink>
                ) : (
                  name
                )}
              </th>
              <td className="number">{count(stores)}</td>
              {hasDown && <td className="number">{count(down ?? 0)}</td>}
              <td className="number">{percent(uptimePercent)}</td>
              <td className="phone-out">
                <ShareBar tally={tally} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {lines.length > SHOWN && (
        <button type="button" className="plain" onClick={() => setIsWhole(!isWhole)}>
          {isWhole ? `The ${SHOWN} lowest` : `All ${count(lines.length)}`}
        </button>
      )}
    </>
  )
}
