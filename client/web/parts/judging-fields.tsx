import { correctionUses } from '../../../shared/correction-kind.ts'
import { interpolations } from '../../../shared/interpolation.ts'
import { judgingDefaults, type View } from '../view.ts'
import { Field } from './form-dialog.tsx'

/** By which rules time is judged, as fields of a form. */
export function JudgingFields({ view }: { view?: View }) {
  const { interpolation, reach, corrections } = { ...judgingDefaults, ...view }
  return (
    <>
      <Field name="A poll speaks">
        <select name="interpolation" defaultValue={interpolation}>
          <option value={interpolations[0]}>for the time that is nearest to it</option>
          <option value={interpolations[1]}>for the time up to the next one</option>
        </select>
      </Field>
      <Field name="Reach" hint="How far from a poll its status counts, such as 90m or 24h.">
        <input name="reach" defaultValue={reach} spellCheck={false} />
      </Field>
      <Field name="Corrections">
        <select name="corrections" defaultValue={corrections}>
          <option value={correctionUses[0]}>count</option>
          <option value={correctionUses[1]}>are ignored</option>
        </select>
      </Field>
    </>
  )
}
