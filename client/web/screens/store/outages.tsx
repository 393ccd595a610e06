import { createLocalClock } from '../../../../shared/local-clock.ts'
import type { Timeline } from '../../../../shared/timeline.ts'
import { duration } from '../../format.ts'

/** When the store was down, and between which bounds, in its own time. */
export function Outages({ timeline: { outages, offsets } }: { timeline: Timeline }) {
  const clock = createLocalClock(offsets)
  return (
    <section aria-labelledby="outages">
      <h2 id="outages">Outages</h2>
      {outages.length === 0 ? (
        <p className="quiet">None.</p>
      ) : (
        <div className="sideways" tabIndex={0} role="group" aria-labelledby="outages">
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col">To</th>
                <th scope="col" className="number">
                  Down
                </th>
                <th scope="col" className="number">
                  At least
                </th>
                <th scope="col" className="number">
                  At most
                </th>
                <th scope="col">Inactive polls</th>
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
                    {outage.firstPoll === outage.lastPoll
                      ? clock.format(outage.firstPoll)
                      : `${clock.format(outage.firstPoll)} to ${clock.format(outage.lastPoll)}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
