import { useMutation } from '@tanstack/react-query'
import { useEffect, useId, useRef, type SubmitEvent } from 'react'
import type { Caller } from '../../../../shared/session.ts'
import { useLocation, useSearch } from 'wouter'
import { signIn, signOut, useCaller } from '../../caller.ts'
import { leaveToSignIn } from '../../sign-in-state.ts'
import { Waiting } from '../../parts/notice.tsx'
import { useTitle } from '../../parts/title.ts'

const LONGEST_SEARCH = 1500

/** Says who one is; what one wanted to look at stays in the address. */
export function SignIn() {
  useTitle('Sign in')
  const caller = useCaller()
  if (caller === undefined) return <Waiting />
  const provider = caller.waysIn.find(({ way }) => way === 'oidc')
  return (
    <main id="main" className="frame sign-in" tabIndex={-1}>
      <h1>Sign in</h1>
      {provider === undefined ? (
        <p>This server asks who you are. Whoever runs it gives you a key, which begins with smk_.</p>
      ) : (
        <>
          <p>This server asks who you are.</p>
          <ProviderLink {...provider} />
          <p>Or with a key, which begins with smk_, from whoever runs this server:</p>
        </>
      )}
      <KeyForm isFirst={provider === undefined} />
    </main>
  )
}

function ProviderLink({ label, address }: Caller['waysIn'][number]) {
  const [path] = useLocation()
  const search = useSearch()
  const link = useRef<HTMLAnchorElement>(null)
  const returnTo = search === '' || search.length > LONGEST_SEARCH ? path : `${path}?${search}`

  useEffect(() => link.current?.focus(), [])

  return (
    <p>
      <a
        ref={link}
        className="main"
        href={`${address}?return_to=${encodeURIComponent(returnTo)}`}
        onClick={leaveToSignIn}
      >
        Sign in with {label}
      </a>
    </p>
  )
}

function KeyForm({ isFirst }: { readonly isFirst: boolean }) {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const sending = useMutation({ mutationFn: signIn, networkMode: 'always' })
  const { error, isPending } = sending

  useEffect(() => {
    if (isFirst) field.current?.focus()
  }, [isFirst])
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
        <button type="submit" className={isFirst ? 'main' : undefined} disabled={isPending}>
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
        as somebody else, or ask whoever runs this server for the role viewer.
      </p>
      <p>
        <button type="button" className="main" onClick={() => void signOut()}>
          Sign out
        </button>
      </p>
    </main>
  )
}
