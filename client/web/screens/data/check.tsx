import { useQuery } from '@tanstack/react-query'
import { Failed, Waiting } from '../../parts/notice.tsx'
import { Finding } from '../../parts/finding.tsx'
import { trpc } from '../../trpc.ts'

const MOST_NAMED = 20

/** Which figures to doubt, and what to do about it. */
export function Check() {
  const { data, error, isPending } = useQuery(trpc.data.check.queryOptions({ limit: MOST_NAMED }))
  return (
    <section aria-labelledby="check">
      <h2 id="check">What to doubt</h2>
      {isPending && <Waiting>Checking …</Waiting>}
      {error && <Failed error={error} />}
      {data?.findings.length === 0 && (
        <p className="quiet">Nothing: no figure is made of defaults or gaps.</p>
      )}
      {data?.findings.map((finding) => (
        <details key={finding.check} className="finding">
          <summary>
            {finding.summary}
            {finding.isDoubtful && <b className="worse"> doubtful</b>}
          </summary>
          <Finding finding={finding} isTold />
        </details>
      ))}
    </section>
  )
}
