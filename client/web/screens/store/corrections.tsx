import { useMutation, useQuery } from '@tanstack/react-query'
import { useRef, type RefObject } from 'react'
import { correctionKinds, type CorrectionKind } from '../../../../shared/correction-kind.ts'
import type { Correction } from '../../../../shared/correction.ts'
import { createLocalClock } from '../../../../shared/local-clock.ts'
import type { Timeline } from '../../../../shared/timeline.ts'
import { useMay } from '../../caller.ts'
import { Field, FormDialog, type TextOf } from '../../parts/form-dialog.tsx'
import { Failed } from '../../parts/notice.tsx'
import { remembered, YourName } from '../../parts/your-name.tsx'
import { queryClient, trpc } from '../../trpc.ts'
import { instantOfLocal, localInputOf } from './local-input.ts'

const MOST_SHOWN = 100

const kindTexts: Readonly<Record<CorrectionKind, string>> = {
  closed: 'It was closed: no business time',
  excused: 'Down for a reason that is not its own: neither up nor down',
  'wrong-data': 'The polls are wrong: they do not speak',
}

/** What is known better than the polls: made here, and revoked, with a reason. */
export function Corrections({ storeId, timeline }: { storeId: string; timeline: Timeline }) {
  const { data, error } = useQuery(trpc.correction.list.queryOptions({ storeId, limit: MOST_SHOWN }))
  const mayCorrect = useMay('stores:write')
  return (
    <section aria-labelledby="corrections">
      <div className="section-head">
        <h2 id="corrections">Corrections</h2>
        {mayCorrect && <NewCorrection storeId={storeId} timeline={timeline} />}
      </div>
      {error && <Failed error={error} />}
      {data?.items.length === 0 && <p className="quiet">None.</p>}
      <ul className="corrections">
        {data?.items.map((correction) => (
          <li key={correction.correctionId}>
            <One correction={correction} timeline={timeline} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function One({ correction, timeline }: { correction: Correction; timeline: Timeline }) {
  const clock = createLocalClock(timeline.offsets)
  const mayRevoke = useMay('stores:write')
  const { from, to, kind, reason, author, revokedAt, revokedBy } = correction
  return (
    <>
      <p className={revokedAt === null ? undefined : 'quiet'}>
        <b>{kind}</b> {clock.format(from)} to {clock.format(to)}: {reason}
        {author !== null && <span className="quiet"> ({author})</span>}
      </p>
      {revokedAt === null && mayRevoke && <Revoke correction={correction} />}
      {revokedAt !== null && (
        <p className="quiet">
          Revoked {clock.format(revokedAt)}
          {revokedBy !== null && ` by ${revokedBy}`}
        </p>
      )}
    </>
  )
}

function NewCorrection({ storeId, timeline }: { storeId: string; timeline: Timeline }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const create = useMutation(trpc.correction.create.mutationOptions({ onSuccess: () => done(dialog) }))
  const last = timeline.outages.at(-1)
  const { offsets } = timeline

  function send(textOf: TextOf): void {
    create.mutate({
      storeId,
      from: instantOfLocal(textOf('from'), offsets) ?? textOf('from'),
      to: instantOfLocal(textOf('to'), offsets) ?? textOf('to'),
      kind: textOf('kind') as CorrectionKind,
      reason: textOf('reason'),
      author: remembered(textOf('author')),
    })
  }

  return (
    <FormDialog
      dialog={dialog}
      opener="Correct …"
      title="A correction"
      action="Correct"
      sending={create}
      onSend={send}
      defaultsKey={timeline.asOf}
    >
      <Field name="From">
        <input
          type="datetime-local"
          name="from"
          required
          defaultValue={localInputOf(Date.parse(last?.start ?? timeline.since), offsets)}
        />
      </Field>
      <Field
        name="To"
        hint={`On the clocks of ${offsets.at(-1)?.timezone}; the time itself is not included.`}
      >
        <input
          type="datetime-local"
          name="to"
          required
          defaultValue={localInputOf(Date.parse(last?.end ?? timeline.until), offsets)}
        />
      </Field>
      <Field name="What it is">
        <select name="kind" defaultValue="excused">
          {correctionKinds.map((kind) => (
            <option key={kind} value={kind}>
              {kindTexts[kind]}
            </option>
          ))}
        </select>
      </Field>
      <WhoAndWhy example="Power cut in the whole street" />
    </FormDialog>
  )
}

function Revoke({ correction: { correctionId } }: { correction: Correction }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const revoke = useMutation(trpc.correction.revoke.mutationOptions({ onSuccess: () => done(dialog) }))

  function send(textOf: TextOf): void {
    revoke.mutate({ correctionId, reason: textOf('reason'), by: remembered(textOf('author')) })
  }

  return (
    <FormDialog
      dialog={dialog}
      opener="Revoke …"
      openerClass="plain"
      title="Revoke a correction"
      action="Revoke"
      sending={revoke}
      onSend={send}
    >
      <p className="quiet">It counts no more; its record stays.</p>
      <WhoAndWhy />
    </FormDialog>
  )
}

function WhoAndWhy({ example }: { example?: string }) {
  return (
    <>
      <Field name="Reason">
        <input name="reason" required maxLength={500} placeholder={example} />
      </Field>
      <YourName />
    </>
  )
}

function done(dialog: RefObject<HTMLDialogElement | null>): void {
  dialog.current?.close()
  void queryClient.invalidateQueries()
}
