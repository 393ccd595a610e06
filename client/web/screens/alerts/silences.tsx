import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import type { Silence } from '../../../../shared/silence.ts'
import { formatTimestamp } from '../../../../shared/timestamp.ts'
import { incidentConditions, severities } from '../../../../shared/incident-condition.ts'
import { useMay } from '../../caller.ts'
import { nowMs } from '../../clock.ts'
import { instant } from '../../format.ts'
import { Column } from '../../parts/column.tsx'
import { Field, FormDialog, type TextOf } from '../../parts/form-dialog.tsx'
import { Failed } from '../../parts/notice.tsx'
import { OlderOnes } from '../../parts/older-ones.tsx'
import { Sideways } from '../../parts/sideways.tsx'
import { remembered, YourName } from '../../parts/your-name.tsx'
import { queryClient, trpc } from '../../trpc.ts'

const PER_PAGE = 10
const HOUR_MS = 3_600_000

/** Times in which some of what happens is not told. */
export function Silences() {
  const mayChange = useMay('alerts:run')
  const list = useInfiniteQuery(
    trpc.alert.silences.infiniteQueryOptions(
      { limit: PER_PAGE },
      { getNextPageParam: ({ nextCursor }) => nextCursor, staleTime: 0 },
    ),
  )
  const silences = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <section aria-labelledby="silences">
      <div className="section-head">
        <h2 id="silences">Silences</h2>
        {mayChange && <NewSilence />}
      </div>
      {list.error && <Failed error={list.error} />}
      {list.data && silences.length === 0 && <p className="quiet">Nothing is held back.</p>}
      {silences.length > 0 && (
        <Sideways heading="silences">
          <table>
            <thead>
              <tr>
                <Column>Of</Column>
                <Column>From</Column>
                <Column>To</Column>
                <Column>Why</Column>
                <Column>State</Column>
              </tr>
            </thead>
            <tbody>
              {silences.map((silence) => (
                <Line key={silence.silenceId} silence={silence} mayEnd={mayChange} />
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
      <OlderOnes list={list} />
    </section>
  )
}

function Line({ silence, mayEnd }: { silence: Silence; mayEnd: boolean }) {
  const { silenceId, from, to, reason, author, state, endedAt, endedBy } = silence
  const end = useMutation(trpc.alert.endSilence.mutationOptions({ onSettled: lookAgain }))
  return (
    <tr className={state === 'over' ? 'quiet' : undefined}>
      <th scope="row" className="long">
        {whatOf(silence)}
      </th>
      <td>
        <time dateTime={from}>{instant(from)}</time>
      </td>
      <td>
        <time dateTime={endedAt ?? to}>{instant(endedAt ?? to)}</time>
        {endedBy !== null && <span className="quiet"> ended by {endedBy}</span>}
      </td>
      <td className="long">
        {reason}
        {author !== null && <span className="quiet"> ({author})</span>}
      </td>
      <td>
        {state}{' '}
        {mayEnd && state !== 'over' && (
          <button
            type="button"
            className="plain"
            disabled={end.isPending}
            onClick={() => end.mutate({ silenceId })}
          >
            End it<span className="unseen">: {reason}</span>
          </button>
        )}
        {end.error && <Failed error={end.error} retry={() => end.reset()} />}
      </td>
    </tr>
  )
}

function whatOf({ severity, condition, labels, storeIds }: Silence): string {
  const parts = [severity?.join(' or '), condition?.join(' or '), labels?.join(' and '), storeIds?.join(', ')]
  return parts.filter((part) => part !== undefined).join('; ') || 'everything'
}

function NewSilence() {
  const dialog = useRef<HTMLDialogElement>(null)
  const create = useMutation(
    trpc.alert.silence.mutationOptions({
      onSuccess: () => {
        dialog.current?.close()
        return lookAgain()
      },
    }),
  )

  function send(textOf: TextOf): void {
    const [severity, condition] = [textOf('severity'), textOf('condition')]
    const [group, store] = [textOf('group'), textOf('store')]
    create.mutate({
      to: formatTimestamp(nowMs() + Number(textOf('hours')) * HOUR_MS),
      reason: textOf('reason'),
      by: remembered(textOf('author')),
      ...(severity === '' ? {} : { severity: [severity as (typeof severities)[number]] }),
      ...(condition === '' ? {} : { condition: [condition as (typeof incidentConditions)[number]] }),
      ...(group === '' ? {} : { labels: group }),
      ...(store === '' ? {} : { storeIds: [store] }),
    })
  }

  return (
    <FormDialog
      dialog={dialog}
      opener="New silence …"
      title="Hold back what is told"
      action="Hold back"
      sending={create}
      onSend={send}
    >
      <p className="quiet">What is still so at its end is told then. No figure is changed by it.</p>
      <Field name="For">
        <select name="hours" defaultValue="2">
          <option value="1">1 hour</option>
          <option value="2">2 hours</option>
          <option value="8">8 hours</option>
          <option value="24">24 hours</option>
          <option value="168">7 days</option>
        </select>
      </Field>
      <Field name="Store">
        <input name="store" maxLength={200} placeholder="all" />
      </Field>
      <Field name="Group">
        <input name="group" maxLength={400} placeholder="all, or label=value" />
      </Field>
      <Field name="What">
        <select name="condition" defaultValue="">
          <option value="">everything</option>
          {incidentConditions.map((condition) => (
            <option key={condition}>{condition}</option>
          ))}
        </select>
      </Field>
      <Field name="Severity">
        <select name="severity" defaultValue="">
          <option value="">all</option>
          {severities.map((severity) => (
            <option key={severity}>{severity}</option>
          ))}
        </select>
      </Field>
      <Field name="Why">
        <input name="reason" required maxLength={500} placeholder="The power is out" />
      </Field>
      <YourName />
    </FormDialog>
  )
}

function lookAgain(): Promise<void> {
  return queryClient.invalidateQueries(trpc.alert.silences.pathFilter())
}
