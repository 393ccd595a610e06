import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { OutboxMessage } from '../../../../shared/alert.ts'
import { useMay } from '../../caller.ts'
import { instant } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Failed } from '../../parts/notice.tsx'
import { OlderOnes } from '../../parts/older-ones.tsx'
import { Sideways } from '../../parts/sideways.tsx'
import { Switch } from '../../parts/switch.tsx'
import { queryClient, trpc } from '../../trpc.ts'
import { outcomeInWords } from './outcome-in-words.ts'

const PER_PAGE = 20
const LOOK_EVERY_MS = 10_000

const choices = [
  { value: 'all', text: 'All' },
  { value: 'waiting', text: 'Waiting' },
  { value: 'dead', text: 'Given up' },
] as const

/** What was told, or is to be, and whether it arrived. */
export function Messages() {
  const [chosen, setChosen] = useState<(typeof choices)[number]['value']>('all')
  const list = useInfiniteQuery(
    trpc.alert.outbox.infiniteQueryOptions(
      { limit: PER_PAGE, ...(chosen === 'all' ? {} : { state: chosen }) },
      {
        getNextPageParam: ({ nextCursor }) => nextCursor,
        staleTime: 0,
        refetchInterval: LOOK_EVERY_MS,
      },
    ),
  )
  const messages = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <section aria-labelledby="messages">
      <div className="section-head">
        <h2 id="messages">Messages</h2>
        <Switch
          name="messages"
          legend="Which messages"
          choices={choices}
          chosen={chosen}
          onChoose={setChosen}
        />
      </div>
      {list.error && <Failed error={list.error} />}
      {list.data && messages.length === 0 && <p className="quiet">None.</p>}
      {messages.length > 0 && (
        <Sideways heading="messages">
          <table>
            <thead>
              <tr>
                <Column>When</Column>
                <Column>What</Column>
                <Column>Channel</Column>
                <Column>Outcome</Column>
              </tr>
            </thead>
            <tbody>
              {messages.map((message) => (
                <Line key={keyOf(message)} message={message} />
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
      <OlderOnes list={list} />
    </section>
  )
}

/** Several that are told at once have one id. */
function keyOf({ channel, incident, sequence }: OutboxMessage): string {
  return JSON.stringify([channel, incident, sequence])
}

function Line({ message }: { message: OutboxMessage }) {
  const { messageId, at, kind, severity, summary, channel, state } = message
  const mayReplay = useMay('alerts:run')
  const replay = useMutation(
    trpc.alert.replay.mutationOptions({
      onSettled: () => void queryClient.invalidateQueries(trpc.alert.pathFilter()),
    }),
  )
  return (
    <tr>
      <td>
        <time dateTime={at}>{instant(at)}</time>
      </td>
      <th scope="row" className="long">
        {summary} <span className="quiet">{`${kind}, ${severity}`}</span>
      </th>
      <td>{channel}</td>
      <td className="long">
        <span className={state === 'dead' ? 'worse' : undefined}>{outcomeInWords(message)}</span>{' '}
        {state === 'dead' && mayReplay && (
          <button
            type="button"
            className="plain"
            disabled={replay.isPending}
            onClick={() => replay.mutate({ messageId })}
          >
            Send again<span className="unseen">: {summary}</span>
          </button>
        )}
        {replay.error && <Failed error={replay.error} retry={() => replay.reset()} />}
      </td>
    </tr>
  )
}
