import { createLocalClock } from '../../../../shared/local-clock.ts'
import type { Timeline } from '../../../../shared/timeline.ts'

const names = { hours: 'Business hours', zone: 'Time zone', 'special day': 'Special day' } as const

/** By which rules the time was judged. */
export function Rules({ timeline: { rules, offsets } }: { timeline: Timeline }) {
  const clock = createLocalClock(offsets)
  return (
    <section aria-labelledby="rules">
      <h2 id="rules">Rules in force</h2>
      <dl className="rules">
        {rules.map(({ what, from, text }) => (
          <div key={`${what} ${from} ${text}`}>
            <dt>{names[what]}</dt>
            <dd>
              {text}
              {from !== null && <span className="quiet">, since {clock.format(from)}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
