import { useQuery } from '@tanstack/react-query'
import type { Digest } from '../../../../shared/digest.ts'
import { instant } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Failed } from '../../parts/notice.tsx'
import { Sideways } from '../../parts/sideways.tsx'
import { trpc } from '../../trpc.ts'

const LOOK_EVERY_MS = 60_000

/** What is told of each day or week; nothing where there are no digests. */
export function Digests() {
  const list = useQuery(
    trpc.digest.list.queryOptions(undefined, { staleTime: 0, refetchInterval: LOOK_EVERY_MS }),
  )
  const digests = list.data?.items ?? []
  if (digests.length === 0 && !list.error) return null
  return (
    <section aria-labelledby="digests">
      <h2 id="digests">Digests</h2>
      {list.error && <Failed error={list.error} />}
      {digests.length > 0 && (
        <Sideways heading="digests">
          <table>
            <thead>
              <tr>
                <Column>Digest</Column>
                <Column>Of</Column>
                <Column>Channel</Column>
                <Column>Told</Column>
                <Column>Last</Column>
                <Column>Next</Column>
              </tr>
            </thead>
            <tbody>
              {digests.map((digest) => (
                <Line key={digest.name} digest={digest} />
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
    </section>
  )
}

function Line({ digest }: { digest: Digest }) {
  const { name, group, channel, every, at, zone, last, next } = digest
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{group.length === 0 ? 'all stores' : group.join(' ')}</td>
      <td>{channel ?? 'not in the configuration file any more'}</td>
      <td>{every !== null && `of each ${every}, ${at} ${zone}`}</td>
      <td>
        {last !== null && (
          <>
            {last.period}, <time dateTime={last.recordedAt}>{instant(last.recordedAt)}</time>
          </>
        )}
      </td>
      <td>
        {next !== null && (
          <>
            {next.period}, <time dateTime={next.dueAt}>{instant(next.dueAt)}</time>
          </>
        )}
      </td>
    </tr>
  )
}
