import type { Timeline } from '../../../../shared/timeline.ts'
import { hours, percent } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Sideways } from '../../parts/sideways.tsx'
import { useView } from '../../use-view.ts'

const reaches = ['30m', '1h', '90m', '2h', '6h', '12h', '24h', '3d', '7d'] as const

/** The same time by another interpolation or reach: a second lane in the chart, and both totals here. */
export function WhatIf({ timeline, other }: { timeline: Timeline; other: Timeline | undefined }) {
  const { view, change } = useView()
  const { otherInterpolation, otherReach } = view
  const isAsked = otherInterpolation !== undefined || otherReach !== undefined
  return (
    <details className="what-if" open={isAsked}>
      <summary>What if it were judged otherwise?</summary>
      <p className="what-if-rules">
        <label>
          A poll speaks for{' '}
          <select
            value={otherInterpolation ?? ''}
            onChange={({ target }) => change({ otherInterpolation: target.value || undefined })}
          >
            <option value="">as shown</option>
            <option value="nearest">the time nearest to it</option>
            <option value="previous">the time up to the next one</option>
          </select>
        </label>
        <label>
          and reaches{' '}
          <select
            value={otherReach ?? ''}
            onChange={({ target }) => change({ otherReach: target.value || undefined })}
          >
            <option value="">as shown</option>
            {otherReach !== undefined && !reaches.some((reach) => reach === otherReach) && (
              <option value={otherReach}>{otherReach}</option>
            )}
            {reaches.map((reach) => (
              <option key={reach}>{reach}</option>
            ))}
          </select>
        </label>
      </p>
      {isAsked && other && (
        <Sideways label="Both totals">
          <table className="narrow">
            <thead>
              <tr>
                <Column>Judged</Column>
                <Column isNumber>Uptime</Column>
                <Column isNumber>Up</Column>
                <Column isNumber>Down</Column>
                <Column isNumber>Unknown</Column>
              </tr>
            </thead>
            <tbody>
              <Totals name="as shown" of={timeline} />
              <Totals name="otherwise, below" of={other} />
            </tbody>
          </table>
        </Sideways>
      )}
    </details>
  )
}

function Totals({ name, of: { totals } }: { name: string; of: Timeline }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="number">{percent(totals.uptimePercent)}</td>
      <td className="number">{hours(totals.uptimeMs)}</td>
      <td className="number">{hours(totals.downtimeMs)}</td>
      <td className="number">{hours(totals.unknownMs)}</td>
    </tr>
  )
}
