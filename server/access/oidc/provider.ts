/** Where people sign in who are known elsewhere: at a provider of OpenID Connect. */
import { AppError } from '../../../shared/app-error.ts'
import type { OidcSetting } from '../../config-file/oidc-setting.ts'
import type { PromptAtProvider } from '../../../shared/way-in.ts'
import { withSecrets, type Environment } from '../../config-file/secrets.ts'
import type { SessionOwner } from '../../database/sessions.ts'
import { createOutgoing } from '../../outgoing/outgoing.ts'
import { ATTEMPT_LASTS_MS, type Attempt } from './attempt.ts'
import { isMapped, ownerBy, valuesOf, wantedClaims, type Claims } from './claims.ts'
import { beginAgain, failureOf } from './failures.ts'
import { createIssuer, loadClient, type OpenIdClient } from './issuer.ts'
import type { Configuration } from 'openid-client'

const MOST_CONNECTIONS = 8
/** Who comes back is asked about at the provider: more than a crowd is somebody who tries. */
const MOST_AT_ONCE = 100
const MOST_OF_ADDRESS = 20
const MOST_USED = 100_000

/** People are sent there, and come back. */
type Step = 'there' | 'back'

export interface ProviderParts {
  readonly environment: Environment
  readonly version: string
  readonly now: () => number
  /** Told of what an operator should know: when it begins to fail, and when it is well again. */
  readonly onNotice: (text: string) => void
}

export interface Provider extends Disposable {
  /** What people call it. */
  readonly label: string
  /** Whether a session that was begun there could be begun now. */
  isGranted(owner: Pick<SessionOwner, 'role' | 'labels'>): boolean
  /** Looks whether it answers, which is told where it does not. */
  look(): Promise<void>
  /** Where a browser goes to sign in. Throws an `unavailable` AppError. */
  addressToSignIn(attempt: Attempt, returnAddress: string, prompt?: PromptAtProvider): Promise<URL>
  /** Whose session it is, of one who has come back to `address`, from one of the network. Throws an AppError. */
  ownerOf(attempt: Attempt, address: URL, from: string): Promise<SessionOwner>
  /** Where a browser goes to sign out there; undefined where that is not wanted, or not possible. */
  addressToSignOut(returnAddress: string): Promise<URL | undefined>
}

export function createProvider(setting: OidcSetting, parts: ProviderParts): Provider {
  const { environment, version, now, onNotice } = parts
  withSecrets(setting.clientSecret ?? '', environment) // a server does not start without its variable
  const label = setting.label ?? new URL(setting.issuer).host
  const outgoing = createOutgoing({
    mayConnectTo: () => true, // whoever runs the server has named it
    maxConnections: MOST_CONNECTIONS,
    userAgent: `store-monitor/${version}`,
  })
  const issuer = createIssuer(setting, { outgoing, environment })
  /** The states of those who were here, and until when they could be again. */
  const used = new Map<string, number>()
  /** The addresses of those who are asked about. */
  const asking: string[] = []
  let isClosed = false
  let last: { readonly notice: string; readonly step: Step } | undefined

  function tellWell(step: Step): void {
    // That people are sent there tells nothing of those who come back.
    if (last === undefined || (last.step === 'back' && step === 'there')) return
    last = undefined
    onNotice(`signing in by ${label} is possible again`)
  }

  function tellFailed(notice: string, step: Step): void {
    if (notice !== last?.notice) onNotice(notice)
    last = { notice, step }
  }

  async function asked<Result>(
    step: Step,
    ask: (client: OpenIdClient, configuration: Configuration) => Promise<Result>,
  ): Promise<Result> {
    const client = await loadClient()
    try {
      const result = await ask(client, await issuer.configuration())
      tellWell(step)
      return result
    } catch (thrown) {
      const { error, notice, isStale } = failureOf(client, label, thrown)
      if (notice !== undefined && !isClosed) tellFailed(notice, step)
      if (isStale) issuer.forget()
      throw error
    }
  }

  function takeState(state: string): void {
    const at = now()
    for (const [one, until] of used) {
      if (until > at && used.size < MOST_USED) break
      used.delete(one)
    }
    if (used.has(state)) throw beginAgain('this sign-in was used already')
    used.set(state, at + ATTEMPT_LASTS_MS)
  }

  /** What stands in the address, whoever sends the browser here chooses: what is wrong there says nothing of the provider. */
  function requireAnswer(configuration: Configuration, { searchParams }: URL): void {
    const { issuer, authorization_response_iss_parameter_supported: isNamed } = configuration.serverMetadata()
    const named = searchParams.get('iss') ?? ''
    const isOfIssuer = named === '' ? !isNamed : named === issuer
    const hasOutcome = ['code', 'error'].some((name) => searchParams.get(name))
    if (!isOfIssuer || !hasOutcome) throw beginAgain(`what this browser comes back with is not of ${label}`)
  }

  async function claimsOf(
    client: OpenIdClient,
    configuration: Configuration,
    attempt: Attempt,
    address: URL,
  ): Promise<Claims> {
    requireAnswer(configuration, address)
    const tokens = await client.authorizationCodeGrant(configuration, address, {
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.verifier,
      idTokenExpected: true,
    })
    const claims = tokens.claims()!
    const has = (claim: string) => valuesOf(claims, claim).length > 0
    const hasAll = [...wantedClaims(setting)].every(has)
    if (hasAll || configuration.serverMetadata().userinfo_endpoint === undefined) return claims
    // Many tell there what they leave out of the token.
    const further = await client
      .fetchUserInfo(configuration, tokens.access_token, claims.sub)
      .catch((cause: unknown) => {
        throw new Error('its UserInfo endpoint does not answer', { cause })
      })
    return { ...further, ...claims }
  }

  return {
    label,
    isGranted: (owner) => isMapped(setting, owner),
    async look() {
      await asked('there', async () => {}).catch(() => {})
    },
    addressToSignIn: ({ state, nonce, verifier }, returnAddress, prompt) =>
      asked('there', async (client, configuration) =>
        client.buildAuthorizationUrl(configuration, {
          redirect_uri: returnAddress,
          scope: setting.scopes.join(' '),
          state,
          nonce,
          code_challenge: await client.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          ...(prompt && { prompt }),
        }),
      ),
    async ownerOf(attempt, address, from) {
      const isOfAddress = asking.filter((one) => one === from).length >= MOST_OF_ADDRESS
      if (isOfAddress || asking.length >= MOST_AT_ONCE)
        throw new AppError('busy', 'too many sign in at once: try again in a moment')
      takeState(attempt.state)
      asking.push(from)
      try {
        return await asked('back', async (client, configuration) =>
          ownerBy(setting, label, await claimsOf(client, configuration, attempt, address)),
        )
      } finally {
        asking.splice(asking.indexOf(from), 1)
      }
    },
    async addressToSignOut(returnAddress) {
      if (!setting.signOut) return undefined
      return asked('there', async (client, configuration) =>
        configuration.serverMetadata().end_session_endpoint === undefined
          ? undefined
          : client.buildEndSessionUrl(configuration, { post_logout_redirect_uri: returnAddress }),
      ).catch(() => undefined)
    },
    [Symbol.dispose]() {
      isClosed = true
      outgoing[Symbol.dispose]()
    },
  }
}
