import { useMutation, useQuery } from '@tanstack/react-query'
import type { AlertChannel } from '../../../../shared/alert.ts'
import { useMay } from '../../caller.ts'
import { count, instant } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Failed } from '../../parts/notice.tsx'
import { Sideways } from '../../parts/sideways.tsx'
import { queryClient, trpc } from '../../trpc.ts'
import { outcomeInWords } from './outcome-in-words.ts'

const LOOK_EVERY_MS = 10_000

/** By what is told what happens, and how that has been. */
export function Channels() {
  const list = useQuery(
    trpc.alert.channels.queryOptions(undefined, { staleTime: 0, refetchInterval: LOOK_EVERY_MS }),
  )
  const channels = list.data?.items ?? []
  return (
    <section aria-labelledby="channels">
      <h2 id="channels">Channels</h2>
      {list.error && <Failed error={list.error} />}
      {list.data && channels.length === 0 && (
        <p className="quiet">
          Nothing is told to anybody: whoever runs this server names channels in its configuration file
          (alerts.channels).
        </p>
      )}
      {channels.length > 0 && (
        <Sideways heading="channels">
          <table>
            <thead>
              <tr>
                <Column>Channel</Column>
                <Column>Leads to</Column>
                <Column>State</Column>
                <Column isNumber>Waiting</Column>
                <Column isNumber>Given up</Column>
                <Column>Last delivered</Column>
              </tr>
            </thead>
            <tbody>
              {channels.map((channel) => (
                <Line key={channel.name} channel={channel} />
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
    </section>
  )
}

function Line({ channel }: { channel: AlertChannel }) {
  const { name, type, target, waiting, dead, lastDeliveredAt } = channel
  const mayTest = useMay('alerts:run')
  const test = useMutation(
    trpc.alert.test.mutationOptions({
      onSettled: () => void queryClient.invalidateQueries(trpc.alert.pathFilter()),
    }),
  )
  return (
    <>
      <tr>
        <th scope="row">
          {name}{' '}
          {mayTest && type !== null && (
            <button
              type="button"
              className="plain"
              disabled={test.isPending}
              onClick={() => test.mutate({ name })}
            >
              Test<span className="unseen"> the channel {name}</span>
            </button>
          )}
        </th>
        <td>{type === null ? 'not in the configuration file any more' : `${type}: ${target}`}</td>
        <td className="long">
          <State of={channel} />
        </td>
        <td className="number">{count(waiting)}</td>
        <td className={dead > 0 ? 'number worse' : 'number'}>{count(dead)}</td>
        <td>{instant(lastDeliveredAt)}</td>
      </tr>
      {(test.data ?? test.error) && (
        <tr>
          <td colSpan={6}>
            <span role="status" className={test.data?.state === 'delivered' ? undefined : 'worse'}>
              The test of {name}: {test.data ? outcomeInWords(test.data) : test.error?.message}
            </span>
          </td>
        </tr>
      )}
    </>
  )
}

function State({
  of: { state, failingSince, disabledAt, lastError },
}: {
  of: Pick<AlertChannel, 'state' | 'failingSince' | 'disabledAt' | 'lastError'>
}) {
  if (state === 'ok') return 'ok'
  const since =
    state === 'failing' ? `failing since ${instant(failingSince)}` : `disabled since ${instant(disabledAt)}`
  return <span className="worse">{lastError === null ? since : `${since}: ${lastError}`}</span>
}
