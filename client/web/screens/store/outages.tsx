import { createLocalClock } from '../../../../shared/local-clock.ts'
import type { Timeline } from '../../../../shared/timeline.ts'
import { duration } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Sideways } from '../../parts/sideways.tsx'

/** When the store was down, and between which bounds, in its own time. */
export function Outages({ timeline: { outages, offsets } }: { timeline: Timeline }) {
  const clock = createLocalClock(offsets)
  return (
    <section aria-labelledby="outages">
      <h2 id="outages">Outages</h2>
      {outages.length === 0 ? (
        <p className="quiet">None.</p>
      ) : (
        <Sideways heading="outages">
          <table>
            <thead>
              <tr>
                <Column>From</Column>
                <Column>To</Column>
                <Column isNumber>Down</Column>
                <Column isNumber>At least</Column>
                <Column isNumber>At most</Column>
                <Column>Inactive polls</Column>
              </tr>
            </thead>
            <tbody>
              {outages.toReversed().map((outage) => (
                <tr key={outage.start}>
                  <th scope="row">
                    <time dateTime={outage.start}>{clock.format(outage.start)}</time>
                  </th>
                  <td>
                    {outage.end === null ? (
                      <span className="worse">ongoing</span>
                    ) : (
                      <time dateTime={outage.end}>{clock.format(outage.end)}</time>
                    )}
                  </td>
                  <td className="number">{duration(outage.downtimeMs)}</td>
                  <td className="number">{duration(outage.shortestMs)}</td>
                  <td className="number">{duration(outage.longestMs)}</td>
                  <td>
                    <time dateTime={outage.firstPoll}>{clock.format(outage.firstPoll)}</time>
                    {outage.firstPoll !== outage.lastPoll && (
                      <>
                        {' to '}
                        <time dateTime={outage.lastPoll}>{clock.format(outage.lastPoll)}</time>
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
    </section>
  )
}
