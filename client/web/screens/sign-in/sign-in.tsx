import { useMutation } from '@tanstack/react-query'
import { useEffect, useId, useRef, type SubmitEvent } from 'react'
import { signIn, signOut, useCaller } from '../../caller.ts'
import { useTitle } from '../../parts/title.ts'

/** Says who one is; what one wanted to look at stays in the address. */
export function SignIn() {
  useTitle('Sign in')
  return (
    <main id="main" className="frame sign-in" tabIndex={-1}>
      <h1>Sign in</h1>
      <p>This server asks who you are. Whoever runs it gives you a key, which begins with smk_.</p>
      <KeyForm />
    </main>
  )
}

function KeyForm() {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const sending = useMutation({ mutationFn: signIn, networkMode: 'always' })
  const { error, isPending } = sending

  useEffect(() => field.current?.focus(), [])
  useEffect(() => {
    if (error) field.current?.select()
  }, [error])

  function send(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault()
    sending.mutate(field.current!.value.trim())
  }

  return (
    <form onSubmit={send}>
      <label htmlFor={id}>Key</label>
      <div className="line">
        <input
          ref={field}
          id={id}
          type="password"
          name="key"
          required
          maxLength={200}
          autoComplete="current-password"
          autoCapitalize="off"
          spellCheck={false}
          aria-invalid={error !== null}
          aria-describedby={`${id}-error`}
          onChange={() => error && sending.reset()}
        />
        <button type="submit" className="main" disabled={isPending}>
          Sign in
        </button>
      </div>
      <p id={`${id}-error`} role="alert" className="worse">
        {error?.message}
      </p>
    </form>
  )
}

/** For those who are known, and may not look at anything here. */
export function NothingToSee() {
  useTitle('Nothing to see')
  const caller = useCaller()
  return (
    <main id="main" className="frame sign-in" tabIndex={-1}>
      <h1>Nothing to see here</h1>
      <p>
        {caller?.name} is of the role {caller?.role}, which brings data in and does not look at them. Sign in
        as somebody else, or ask whoever runs this server for a key of the role viewer.
      </p>
      <p>
        <button type="button" className="main" onClick={() => void signOut()}>
          Sign out
        </button>
      </p>
    </main>
  )
}
