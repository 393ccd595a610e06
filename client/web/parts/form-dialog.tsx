import { useId, type ReactNode, type RefObject, type SubmitEvent } from 'react'
import { Failed } from './notice.tsx'

/** How sending is going, as a mutation tells it. */
interface Sending {
  readonly error: { readonly message: string } | null
  readonly isPending: boolean
  reset(): void
}

/** Reads a field by its name, without blanks at its ends; empty where there is no such field. */
export type TextOf = (name: string) => string

/** A button that opens a form in a dialog, which stays open with what was written until its owner closes it. */
export function FormDialog({
  dialog,
  opener,
  openerClass,
  title,
  action,
  sending,
  onSend,
  onOpen,
  defaultsKey,
  children,
}: {
  dialog: RefObject<HTMLDialogElement | null>
  opener: string
  openerClass?: 'main' | 'plain'
  title: string
  /** What the button says that sends it. */
  action: string
  sending?: Sending
  onSend: (textOf: TextOf) => void
  onOpen?: () => void
  /** Another one has other defaults. */
  defaultsKey?: string
  children: ReactNode
}) {
  const titleId = useId()

  function send(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    onSend((name) => ((given.get(name) as string | null) ?? '').trim())
  }

  return (
    <>
      <button
        type="button"
        className={openerClass}
        onClick={() => {
          onOpen?.()
          dialog.current?.showModal()
        }}
      >
        {opener}
      </button>
      <dialog ref={dialog} aria-labelledby={titleId} className="fields">
        <h2 id={titleId}>{title}</h2>
        <form onSubmit={send} key={defaultsKey}>
          {children}
          {sending?.error && <Failed error={sending.error} retry={() => sending.reset()} />}
          <div className="actions">
            <button type="submit" className="main" disabled={sending?.isPending}>
              {action}
            </button>
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
          </div>
        </form>
      </dialog>
    </>
  )
}

export function Field({ name, hint, children }: { name: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <label>
      <span>{name}</span>
      {children}
      {hint !== undefined && <small>{hint}</small>}
    </label>
  )
}
