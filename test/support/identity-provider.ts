import { Provider, type KoaContextWithOIDC } from 'oidc-provider'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { oidcSetting, type OidcSetting } from '../../server/config-file/oidc-setting.ts'
import { providerPath } from '../../shared/way-in.ts'
import { browsing, type Browsing } from './browsing.ts'
import { loopbackServer } from './loopback-server.ts'

type Claims = Readonly<Record<string, unknown>>

export interface IdentityProvider extends AsyncDisposable {
  readonly issuer: string
  /** What a server has to know of it, in the words of the configuration file. */
  setting(more?: object): OidcSetting
  /** What it says of somebody from now on. */
  know(person: string, claims: Claims): void
  /** Lets it send browsers to an address. */
  register(address: string): void
  /** Begins anew, with another key, as who rotates them does. */
  changeKeys(): void
  /** What it answers instead, until it is called with nothing. */
  interrupt(answer?: (request: IncomingMessage, response: ServerResponse) => boolean): void
  /** What it was asked, by method and path. */
  readonly asked: readonly string[]
}

/** How long what it says of somebody is so. */
export const TOKEN_LASTS_MS = 600_000

const client = { id: 'store-monitor', secret: 'secret: 50% more/&' }

/** A real provider of OpenID Connect on loopback, which asks for a name and nothing else. */
export async function identityProvider({ isInToken = false } = {}): Promise<IdentityProvider> {
  const people = new Map<string, Claims>()
  const registered = new Set<string>()
  const asked: string[] = []
  let instead: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
  let provider: Provider
  let answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  const server = await loopbackServer((request, response) => {
    asked.push(`${request.method} ${new URL(request.url!, 'http://a').pathname}`)
    if (instead?.(request, response)) return
    if (request.url!.startsWith('/interaction/')) void interact(request, response)
    else void answer(request, response)
  })

  function begin(): void {
    provider = createProvider(server.url, people, isInToken)
    provider.Client.prototype.redirectUriAllowed = (address: string) => registered.has(address)
    provider.Client.prototype.postLogoutRedirectUriAllowed = (address: string) => registered.has(address)
    answer = provider.callback()
  }

  async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      response.setHeader('content-type', 'text/html').end(form)
      return
    }
    const name = new URLSearchParams(await text(request)).get('name')
    const result =
      name === null
        ? { error: 'access_denied', error_description: 'End-User aborted interaction' }
        : { login: { accountId: name } }
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  }

  begin()
  return {
    issuer: server.url,
    setting: (more = {}) =>
      oidcSetting.parse({
        issuer: server.url,
        clientId: client.id,
        clientSecret: client.secret,
        label: 'Soup',
        mapping: [
          { value: 'admins', role: 'admin' },
          { value: 'owners', role: 'viewer', groups: 'chain=Soup' },
          { value: 'staff', role: 'operator' },
        ],
        ...more,
      }),
    know: (person, claims) => void people.set(person, claims),
    register: (address) => void registered.add(address),
    changeKeys: begin,
    interrupt: (by) => void (instead = by),
    asked,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const form = `<!doctype html><title>Soup</title><form method="post">
  <label>Name <input name="name" autofocus></label><button>Continue</button></form>
  <form method="post"><button>Cancel</button></form>`

function createProvider(issuer: string, people: ReadonlyMap<string, Claims>, isInToken: boolean): Provider {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = randomBytes(8).toString('hex')
  return new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: ['https://nowhere.example/'],
        post_logout_redirect_uris: ['https://nowhere.example/'],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] },
    cookies: { keys: [kid] },
    claims: {
      openid: ['sub', 'groups', 'hd', 'realm'],
      email: ['email', 'email_verified'],
      profile: ['preferred_username'],
    },
    conformIdTokenClaims: !isInToken,
    features: { devInteractions: { enabled: false } },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    loadExistingGrant: grantAll,
    ttl: { Session: 600, Grant: 600, Interaction: 600, AccessToken: 3600, IdToken: TOKEN_LASTS_MS / 1000 },
  })
}

async function grantAll({ oidc }: KoaContextWithOIDC) {
  const grant = new oidc.provider.Grant({
    clientId: oidc.client!.clientId,
    accountId: oidc.session!.accountId!,
  })
  grant.addOIDCScope('openid profile email')
  await grant.save()
  return grant
}

export interface Arrived {
  readonly browser: Browsing
  /** The address that the provider sends the browser back to. */
  readonly back: string
}

/** Goes as far as to where the provider sends a browser back of one who says a name there, or will not. */
export async function arrivedBack(
  serverUrl: string,
  person: string | undefined,
  query = '',
  browser = browsing(),
): Promise<Arrived> {
  const form = await browser.follow(serverUrl + providerPath + query)
  const body = new URLSearchParams(person === undefined ? {} : { name: person })
  let next = await browser.ask(form.address.href, { method: 'POST', body })
  for (;;) {
    const back = next.headers.get('location')
    if (back === null) {
      next = await submitted(browser, await next.text())
      continue
    }
    await next.body?.cancel()
    if (back.startsWith(serverUrl)) return { browser, back }
    next = await browser.ask(back)
  }
}

/** What is answered to a page that sends its form by itself: by such the provider signs out who was there before. */
function submitted(browser: Browsing, page: string): Promise<Response> {
  const [, action] = /document\.forms\[0\]\.submit[^]*<form method="post" action="([^"]+)"/.exec(page) ?? []
  if (action === undefined) throw new Error(`the provider answers ${page}`)
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
  const body = new URLSearchParams(fields.map(([, name = '', value = '']) => [name, value]))
  return browser.ask(action, { method: 'POST', body })
}
