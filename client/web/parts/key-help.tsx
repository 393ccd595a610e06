import { useRef } from 'react'
import { useKeys } from './keys.ts'

const keys = [
  [['/'], 'Search stores'],
  [['j', 'k'], 'Next and previous row'],
  [['Enter'], 'Open the row'],
  [['['], 'A day back'],
  [[']'], 'A day on'],
  [['.'], 'Back to the latest poll'],
  [['c'], 'What to compare with'],
  [['?'], 'These keys'],
] as const

/** Which keys there are, in a dialog that `?` opens. */
export function KeyHelp() {
  const dialog = useRef<HTMLDialogElement>(null)
  const open = () => dialog.current?.showModal()
  useKeys({ '?': open })
  return (
    <>
      <button type="button" className="plain" onClick={open}>
        Keys
      </button>
      <dialog ref={dialog} aria-labelledby="key-help" className="keys">
        <h2 id="key-help">Keys</h2>
        <dl>
          {keys.map(([names, what]) => (
            <div key={what}>
              <dt>
                {names.map((name) => (
                  <kbd key={name}>{name}</kbd>
                ))}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <form method="dialog">
          <button autoFocus>Close</button>
        </form>
      </dialog>
    </>
  )
}
