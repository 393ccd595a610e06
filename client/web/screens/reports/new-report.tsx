import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { periodUnits } from '../../../../shared/period-unit.ts'
import type { ReportOptionsInput } from '../../../../shared/report.ts'
import { Field, FormDialog, type TextOf } from '../../parts/form-dialog.tsx'
import { JudgingFields } from '../../parts/judging-fields.tsx'
import { trpc } from '../../trpc.ts'

const textOptions = ['asOf', 'interpolation', 'reach', 'corrections', 'by', 'from', 'to'] as const

/** Requests a report; the server is the one to say what is wrong with an option. */
export function NewReport({ onRequested }: { onRequested: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [by, setBy] = useState('')
  const trigger = useMutation(
    trpc.report.trigger.mutationOptions({
      onSuccess: () => {
        dialog.current?.close()
        onRequested()
      },
    }),
  )

  function send(textOf: TextOf): void {
    const given = textOptions.map((name) => [name, textOf(name)]).filter(([, text]) => text !== '')
    const options = Object.fromEntries(given) as ReportOptionsInput
    const labels = textOf('labels')
      .split(',')
      .flatMap((text) => text.trim() || [])
    trigger.mutate(labels.length === 0 ? options : { ...options, labels })
  }

  return (
    <FormDialog
      dialog={dialog}
      opener="New report …"
      openerClass="main"
      title="A new report"
      action="Request"
      sending={trigger}
      onSend={send}
    >
      <Field name="As of" hint="Empty: the latest poll.">
        <input name="asOf" placeholder="2023-01-25T18:13:22Z" spellCheck={false} />
      </Field>
      <Field name="A row for each">
        <select name="by" value={by} onChange={({ target }) => setBy(target.value)}>
          <option value="">store: last hour, day and week</option>
          {periodUnits.map((unit) => (
            <option key={unit} value={unit}>
              store and {unit.replaceAll('-', ' ')}
            </option>
          ))}
        </select>
      </Field>
      {by !== '' && (
        <>
          <Field name="From">
            <input type="date" name="from" required />
          </Field>
          <Field name="To" hint="Local dates, both included.">
            <input type="date" name="to" required />
          </Field>
        </>
      )}
      <JudgingFields />
      <Field name="Only groups">
        <input name="labels" placeholder="city=Bonn, chain=Soup" spellCheck={false} />
      </Field>
    </FormDialog>
  )
}
