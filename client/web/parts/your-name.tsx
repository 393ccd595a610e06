import { Field } from './form-dialog.tsx'

const nameKey = 'store-monitor: who corrects'

/** Who does it: `remembered` has it, and it is asked once. */
export function YourName() {
  return (
    <Field name="Your name">
      <input name="author" maxLength={100} defaultValue={localStorage.getItem(nameKey) ?? ''} />
    </Field>
  )
}

export function remembered(author: string): string | null {
  localStorage.setItem(nameKey, author)
  return author || null
}
