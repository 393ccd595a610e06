/** A choice of one of a few, all of them seen. */
export function Switch<Choice extends string>({
  name,
  legend,
  choices,
  chosen,
  onChoose,
}: {
  name: string
  legend: string
  choices: readonly { readonly value: Choice; readonly text: string }[]
  chosen: Choice
  onChoose: (choice: Choice) => void
}) {
  return (
    <fieldset className="switch">
      <legend className="unseen">{legend}</legend>
      {choices.map(({ value, text }) => (
        <label key={value}>
          <input type="radio" name={name} checked={value === chosen} onChange={() => onChoose(value)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  )
}
