import { useMutation } from '@tanstack/react-query'
import { signOut, useCaller } from '../caller.ts'

/** As whom one is signed in, where one is. */
export function SignedIn() {
  const caller = useCaller()
  const leaving = useMutation({ mutationFn: signOut, networkMode: 'always' })
  if (!caller?.session) return null
  const { name, role, labels } = caller
  return (
    <span className="signed-in">
      <span className="unseen">Signed in as </span>
      <b>{name}</b> ({[role, ...labels].join(', ')}){' '}
      <button type="button" className="plain" disabled={leaving.isPending} onClick={() => leaving.mutate()}>
        Sign out
      </button>
      {leaving.error && <span role="alert"> {leaving.error.message}</span>}
    </span>
  )
}
