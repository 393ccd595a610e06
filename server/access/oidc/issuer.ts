/** The provider as it describes itself. */
import type * as OpenIdClientModule from 'openid-client'
import type { ClientAuth, Configuration, CustomFetch } from 'openid-client'
import type { OidcSetting } from '../../config-file/oidc-setting.ts'
import { secretIn, type Environment } from '../../config-file/secrets.ts'
import type { Outgoing } from '../../outgoing/outgoing.ts'

const ANSWERS_WITHIN_MS = 10_000
const MOST_BYTES = 1_000_000
/** After so long it is asked again how it is: what it is, and the secret, may be others by then. */
const KNOWN_FOR_MS = 3_600_000
const CLOCKS_DIFFER_SECONDS = 60

export type OpenIdClient = typeof OpenIdClientModule

/** Loaded where people sign in so, and nowhere else. */
export function loadClient(): Promise<OpenIdClient> {
  return import('openid-client')
}

export interface Issuer {
  /** As it was some time ago at most. Throws what the library does. */
  configuration(): Promise<Configuration>
  /** To be called where it may be otherwise by now. */
  forget(): void
}

export interface IssuerParts {
  readonly outgoing: Outgoing
  readonly environment: Environment
}

export function createIssuer(setting: OidcSetting, parts: IssuerParts): Issuer {
  let known: { readonly at: number; readonly configuration: Promise<Configuration> } | undefined

  function ask(): Promise<Configuration> {
    const before = known
    const asked = { at: performance.now(), configuration: discover(setting, parts) }
    known = asked
    // What it was before is better than nothing, and it is asked again by the next.
    asked.configuration.catch(() => {
      if (known === asked) known = before
    })
    return before === undefined ? asked.configuration : asked.configuration.catch(() => before.configuration)
  }

  return {
    configuration() {
      if (known !== undefined && performance.now() - known.at < KNOWN_FOR_MS) return known.configuration
      return ask()
    },
    forget() {
      known = undefined
    },
  }
}

/** Asks a provider how it is, which has to be the one that is meant. */
export async function discover(
  { issuer, clientId, clientSecret, clientAuthentication }: OidcSetting,
  { outgoing, environment }: IssuerParts,
): Promise<Configuration> {
  const client = await loadClient()
  const secret =
    clientSecret === undefined
      ? undefined
      : await secretIn(clientSecret, environment).catch((cause: unknown) => {
          throw new Error('clientSecret', { cause }) // for whoever runs the server, and nobody else
        })
  const url = new URL(issuer)
  const configuration = await client.discovery(
    url,
    clientId,
    { [client.clockTolerance]: CLOCKS_DIFFER_SECONDS },
    secret === undefined ? client.None() : sentSecret(client, secret, clientAuthentication),
    {
      [client.customFetch]: fetchBy(outgoing),
      timeout: ANSWERS_WITHIN_MS / 1000,
      // oxlint-disable-next-line typescript/no-deprecated -- of this machine alone
      execute: url.protocol === 'http:' ? [client.allowInsecureRequests] : [],
    },
  )
  client.enableNonRepudiationChecks(configuration) // the signature, too, and not only who sent it
  return configuration
}

function sentSecret(
  client: OpenIdClient,
  secret: string,
  said: OidcSetting['clientAuthentication'],
): ClientAuth {
  const byWay = { basic: client.ClientSecretBasic(secret), post: client.ClientSecretPost(secret) }
  return (server, ...request) => {
    const taken = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    byWay[said ?? (taken.includes('client_secret_basic') ? 'basic' : 'post')](server, ...request)
  }
}

/** As the library asks, by way of what limits all that the server asks. */
function fetchBy(outgoing: Outgoing): CustomFetch {
  return (url, { method, headers, body, signal }) =>
    outgoing.ask(
      {
        url,
        method,
        headers,
        body: body === undefined || body === null ? undefined : textOf(body),
        timeoutMs: ANSWERS_WITHIN_MS,
        maxBytes: MOST_BYTES,
        followsRedirects: false,
        signal,
      },
      async (answer) => {
        const bytes = Buffer.concat(await Array.fromAsync(answer.body))
        const contentType = answer.headers['content-type'] ?? ''
        const challenge = answer.headers['www-authenticate']
        return new Response([204, 304].includes(answer.status) ? null : bytes, {
          status: answer.status,
          headers: {
            'content-type': contentType,
            ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
          },
        })
      },
    )
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body
  if (body instanceof URLSearchParams) return body.toString()
  throw new TypeError('the library sends what it never did: a body that is no text')
}
