import { useRef } from 'react'
import { defaultCompare, useReport } from '../use-report.ts'
import { useView } from '../use-view.ts'
import { judgingDefaults } from '../view.ts'
import { Field, FormDialog, type TextOf } from './form-dialog.tsx'
import { JudgingFields } from './judging-fields.tsx'
import { useKeys } from './keys.ts'

const defaults = { ...judgingDefaults, compare: defaultCompare }

const compares = [
  ['7d', 'a week before'],
  ['1d', 'a day before'],
  ['28d', 'four weeks before'],
  ['none', 'nothing'],
] as const

/** What change is told against. */
export function comparedText(compare = defaultCompare): string {
  return compares.find(([value]) => value === compare)?.[1] ?? `${compare} before`
}

/** Says from where and by which rules is looked, and lets that be changed. */
export function Viewpoint() {
  const { view, change } = useView()
  const { data: report } = useReport()
  const dialog = useRef<HTMLDialogElement>(null)
  const compare = useRef<HTMLSelectElement>(null)
  useKeys({
    c: () => {
      dialog.current?.showModal()
      compare.current?.focus()
    },
  })

  function apply(textOf: TextOf): void {
    dialog.current?.close()
    const chosen = (name: keyof typeof defaults) => {
      const text = textOf(name)
      return text === '' || text === defaults[name] ? undefined : text
    }
    const asOf = textOf('asOf')
    const isLatest = asOf === '' || (asOf === report?.asOf && view.asOf === undefined)
    change({
      asOf: isLatest ? undefined : asOf,
      interpolation: chosen('interpolation'),
      reach: chosen('reach'),
      corrections: chosen('corrections'),
      compare: chosen('compare'),
    })
  }

  return (
    <FormDialog
      dialog={dialog}
      opener="Viewpoint …"
      title="Viewpoint"
      action="Show"
      onSend={apply}
      defaultsKey={JSON.stringify([view, report?.asOf])}
    >
      <Field name="As of" hint="The instant that is looked back from. Empty: the latest poll.">
        <input
          name="asOf"
          defaultValue={view.asOf ?? report?.asOf}
          placeholder="2023-01-25T18:13:22Z"
          spellCheck={false}
        />
      </Field>
      <JudgingFields view={view} />
      <Field name="Compare with">
        <select ref={compare} name="compare" defaultValue={view.compare ?? defaults.compare}>
          {view.compare !== undefined && !compares.some(([value]) => value === view.compare) && (
            <option value={view.compare}>{comparedText(view.compare)}</option>
          )}
          {compares.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </Field>
    </FormDialog>
  )
}
