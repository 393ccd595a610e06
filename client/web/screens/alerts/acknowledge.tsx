import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { formatTimestamp } from '../../../../shared/timestamp.ts'
import type { ToldIncident } from '../../../../shared/told-incident.ts'
import { nowMs } from '../../clock.ts'
import { Field, FormDialog, type TextOf } from '../../parts/form-dialog.tsx'
import { Failed } from '../../parts/notice.tsx'
import { remembered, YourName } from '../../parts/your-name.tsx'
import { queryClient, trpc } from '../../trpc.ts'

const HOUR_MS = 3_600_000

/** Says that somebody knows of an incident, or takes that back. */
export function Acknowledge({ incident }: { incident: ToldIncident }) {
  return incident.acknowledgement?.isInForce === true ? (
    <TakeBack incident={incident} />
  ) : (
    <NewAcknowledgement incident={incident} />
  )
}

function NewAcknowledgement({ incident: { incidentId, summary } }: { incident: ToldIncident }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const acknowledge = useMutation(
    trpc.incident.acknowledge.mutationOptions({
      onSuccess: () => {
        dialog.current?.close()
        return lookAgain()
      },
    }),
  )

  function send(textOf: TextOf): void {
    const hours = textOf('hours')
    acknowledge.mutate({
      incidentId,
      note: textOf('note') || null,
      by: remembered(textOf('author')),
      ...(hours === '' ? {} : { until: formatTimestamp(nowMs() + Number(hours) * HOUR_MS) }),
    })
  }

  return (
    <FormDialog
      dialog={dialog}
      opener="Acknowledge …"
      openerClass="plain"
      title="Acknowledge an incident"
      action="Acknowledge"
      sending={acknowledge}
      onSend={send}
    >
      <p>{summary}</p>
      <p className="quiet">So long it is told neither again nor to others. That it is over is told.</p>
      <Field name="For">
        <select name="hours" defaultValue="4">
          <option value="1">1 hour</option>
          <option value="4">4 hours</option>
          <option value="24">24 hours</option>
          <option value="">until it is over</option>
        </select>
      </Field>
      <Field name="Note">
        <input name="note" maxLength={500} placeholder="The oven is being mended" />
      </Field>
      <YourName />
    </FormDialog>
  )
}

function TakeBack({ incident: { incidentId, summary } }: { incident: ToldIncident }) {
  const takeBack = useMutation(trpc.incident.takeBack.mutationOptions({ onSettled: lookAgain }))
  return (
    <>
      <button
        type="button"
        className="plain"
        disabled={takeBack.isPending}
        onClick={() => takeBack.mutate({ incidentId })}
      >
        Take back<span className="unseen">: {summary}</span>
      </button>
      {takeBack.error && <Failed error={takeBack.error} retry={() => takeBack.reset()} />}
    </>
  )
}

function lookAgain(): Promise<void> {
  return queryClient.invalidateQueries(trpc.incident.told.pathFilter())
}
