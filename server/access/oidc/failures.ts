/** Why somebody could not sign in at a provider, for that one and for whoever runs the server. */
import { AppError } from '../../../shared/app-error.ts'
import { OutgoingError } from '../../outgoing/outgoing-error.ts'
import type { OpenIdClient } from './issuer.ts'

export interface Failure {
  readonly error: AppError
  /** What whoever runs the server should know; it may name addresses. */
  readonly notice?: string
  /** Whether what is kept of the provider may be no longer so: its keys, or the secret that it takes. */
  readonly isStale?: boolean
}

const LONGEST_TEXT = 200
const notNow: ReadonlySet<string> = new Set(['server_error', 'temporarily_unavailable'])

export function failureOf(client: OpenIdClient, label: string, thrown: unknown): Failure {
  if (thrown instanceof AppError) return { error: thrown }
  if (thrown instanceof client.AuthorizationResponseError) {
    const { error, error_description: description } = thrown
    return { error: refused(label, error, description) }
  }
  if (thrown instanceof client.ResponseBodyError && thrown.error === 'invalid_grant') {
    return { error: beginAgain(`${label} says that this sign-in was used already, or took too long`) }
  }
  if (isOfClient(client, thrown)) {
    const notice = `${label} does not know this server: ${said(thrown)}: look at clientId and clientSecret of oidc in the configuration file`
    return { error: notSetUp(label), notice, isStale: true }
  }
  const code = codeOf(thrown)
  if (code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') {
    const notice = `what ${label} says is of a time that is not that of this server's clock: ${said(thrown)}: set both by NTP`
    return { error: unavailable(`the clock of this server and that of ${label} differ`), notice }
  }
  if (code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' || code === 'OAUTH_JWT_CLAIM_COMPARISON_FAILED') {
    const notice = `what ${label} says is not what was asked for: ${said(thrown)}: look at issuer and clientId of oidc in the configuration file`
    return { error: notSetUp(label), notice }
  }
  const notice = `signing in by ${label} is not possible: ${said(thrown)}`
  const isStale = code === 'OAUTH_KEY_SELECTION_FAILED' || code === 'OAUTH_INVALID_RESPONSE'
  return { error: unavailable(`${label} does not answer as it should at the moment`), notice, isStale }
}

/** By its own words, which whoever sends the browser here cannot choose: the state was right. */
function refused(label: string, error: string, description: string | undefined): AppError {
  const what = shortened(description === undefined ? error : `${error}: ${description}`)
  if (notNow.has(error)) return unavailable(`${label} cannot sign you in at the moment (${what})`)
  return new AppError('forbidden', `${label} did not sign you in (${what}): try again, or ask who runs it`, {
    title: 'Not signed in',
  })
}

export function beginAgain(why: string): AppError {
  return new AppError('invalid', `${why}: begin again`, { title: 'Not signed in' })
}

function notSetUp(label: string): AppError {
  return unavailable(`signing in by ${label} is not set up as it should be`)
}

function unavailable(why: string): AppError {
  return new AppError(
    'unavailable',
    `${why}: try again in a minute, or sign in with a key; ` +
      'whoever runs this server finds the reason in its log, and by "store-monitor doctor"',
  )
}

function isOfClient(client: OpenIdClient, thrown: unknown): boolean {
  if (thrown instanceof client.WWWAuthenticateChallengeError) return thrown.status === 401
  const isAnswer = thrown instanceof client.ResponseBodyError
  return isAnswer && ['invalid_client', 'unauthorized_client'].includes(thrown.error)
}

function codeOf(thrown: unknown): unknown {
  return (thrown as { readonly code?: unknown } | undefined)?.code
}

/** The words of the first that has any of its own: the library has few for what it was told. */
export function said(thrown: unknown): string {
  const causes: Error[] = []
  for (let one = thrown; one instanceof Error && causes.length < 5; one = one.cause) causes.push(one)
  const outgoing = causes.find((one) => one instanceof OutgoingError)
  if (outgoing !== undefined) return outgoing.message
  return shortened(causes.map(({ message }) => message).join(': ') || String(thrown))
}

function shortened(text: string): string {
  const printable = text.replaceAll(/\p{Cc}+/gu, ' ')
  return printable.length > LONGEST_TEXT ? `${printable.slice(0, LONGEST_TEXT)}…` : printable
}
