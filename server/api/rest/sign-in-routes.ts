import type { Context } from 'hono'
import * as z from 'zod'
import { AppError } from '../../../shared/app-error.ts'
import { shown } from '../../../shared/fields.ts'
import { promptsAtProvider, providerPath, providerReturnPath } from '../../../shared/way-in.ts'
import { attemptIn, ATTEMPT_LASTS_MS, beginAttempt, type Attempt } from '../../access/oidc/attempt.ts'
import type { Provider } from '../../access/oidc/provider.ts'
import { callerAddress } from '../../limits/caller-address.ts'
import { createAttempts } from '../../limits/wrong-keys.ts'
import type { ApiParts } from '../api-parts.ts'
import { attemptCookie, sessionCookie } from '../session-cookie.ts'
import { isPagePath } from '../web/page-request.ts'
import { baseUrl } from './base-url.ts'
import { remoteAddressOf } from './caller.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'

const noPage = 'is no page of this server: write such as /stores'

const ownPage = z
  .string('write it once')
  .max(2000, 'it has more than 2000 characters')
  .transform((address, context) => {
    const own = ownAddress(address)
    if (own === undefined) context.addIssue({ code: 'custom', message: `${shown(address)} ${noPage}` })
    return own ?? ''
  })

const beginQuery = z.object({
  return_to: ownPage
    .default('/')
    .describe('The page that is shown after it')
    .meta({ examples: ['/stores'] }),
  prompt: z
    .enum(promptsAtProvider, `write ${promptsAtProvider.join(' or ')}`)
    .optional()
    .describe('How the provider asks also somebody who is signed in there, so that it can be somebody else')
    .meta({ examples: ['login'] }),
})

const told = z.string().max(5000).optional()
const returnQuery = z.object({
  state: told.describe('Which sign-in it is'),
  code: told.describe('What the provider says who it is for'),
  error: told.describe('Why it does not say so'),
  error_description: told.describe('The same in words'),
  iss: told.describe('Which provider it is'),
})

const notSetUp: RestResponse = {
  description: 'People do not sign in at a provider here',
  example: noProvider(),
}
const notNow: RestResponse = {
  description: 'The provider does not answer as it should: `Retry-After` says when to try again',
  headers: { 'Retry-After': 'After so many seconds' },
  example: new AppError('unavailable', 'id.example.org does not answer as it should at the moment'),
}
const toTheBrowser = 'With HTML where a browser asks, as errors are told, too.'

/** Signing in at a provider of OpenID Connect: there, and back again. */
export function signInRoutes(parts: ApiParts): RestRoute[] {
  const { access, now, publicUrl, provider } = parts
  const keptAttempt = attemptCookie(publicUrl, now)
  const cookie = sessionCookie(publicUrl, now)
  const attempts = createAttempts(() => parts.limits.wrongKeys, now, 'sign-ins that failed')

  function attemptOf(context: Context, state: string | undefined): Attempt {
    const attempt = attemptIn(keptAttempt.read(context) ?? '')
    if (attempt !== undefined && attempt.state === state && now() < attempt.begunAt + ATTEMPT_LASTS_MS) {
      if (ownAddress(attempt.returnTo) === attempt.returnTo) return attempt
    }
    throw notBegunHere(homeOf(parts, context))
  }

  /** Tells who comes too often what that one is told who does not. */
  function counted(from: string, error: unknown): unknown {
    const isOfCaller = error instanceof AppError && ['invalid', 'forbidden'].includes(error.code)
    if (isOfCaller) attempts.countWrong(from)
    return error
  }

  return [
    defineRoute({
      id: 'beginSignIn',
      needs: 'public',
      keepsBy: ['itself'],
      method: 'get',
      paths: [providerPath],
      tag: 'Service',
      summary: 'Sign in at a provider of OpenID Connect, for browsers: they are sent there',
      description: `The browser keeps a cookie for ten minutes, by which it is known when it comes back. ${toTheBrowser}`,
      query: beginQuery,
      responses: {
        302: { description: 'Where to sign in', headers: { Location: 'At the provider' } },
        400: { description: 'The address is none of this page', example: notOwnPage() },
        404: notSetUp,
        503: notNow,
      },
      async handle({ query }, context) {
        const attempt = beginAttempt(query.return_to, now())
        const address = await known(provider).addressToSignIn(
          attempt,
          returnAddress(parts, context),
          query.prompt,
        )
        keptAttempt.write(context, attempt.cookie, now() + ATTEMPT_LASTS_MS)
        return context.redirect(address.href)
      },
    }),
    defineRoute({
      id: 'endSignIn',
      needs: 'public',
      keepsBy: ['itself'],
      method: 'get',
      paths: [providerReturnPath],
      tag: 'Service',
      summary: 'Where a provider sends browsers back to: they are given the cookie of a session',
      description: `It is taken once, of the browser that began it. ${toTheBrowser}`,
      query: returnQuery,
      responses: {
        303: {
          description: 'Signed in',
          headers: { Location: 'The page', 'Set-Cookie': 'The session, for the browser alone' },
        },
        400: {
          description: 'It was not begun in this browser, took too long, or was used already',
          example: notBegunHere('https://monitor.example.org/'),
        },
        403: {
          description: 'The provider does not sign in who asks, or says nothing of it that leads to a role',
          example: new AppError('forbidden', 'id.example.org did not sign you in (access_denied)'),
        },
        404: notSetUp,
        429: {
          description: 'Too many came from that address that failed',
          headers: { 'Retry-After': 'After so many seconds' },
          example: new AppError('busy', 'more than 20 sign-ins that failed in a minute came from 192.0.2.7'),
        },
        503: notNow,
      },
      async handle({ query }, context) {
        const asked = known(provider)
        const from = callerAddress(remoteAddressOf(context))
        try {
          const attempt = attemptOf(context, query.state)
          keptAttempt.clear(context)
          const address = new URL(returnAddress(parts, context))
          for (const [name, value = ''] of Object.entries(query)) address.searchParams.set(name, value)
          const owner = await asked.ownerOf(attempt, address, from)
          const { token, principal } = await access.sessions.begin(owner)
          context.set('principal', principal)
          cookie.write(context, token, principal.session!.expiresAt)
          return context.redirect(attempt.returnTo, 303)
        } catch (error) {
          throw counted(from, error)
        }
      },
    }),
  ]
}

/** The address of the page, as browsers know it. */
export function homeOf(parts: Pick<ApiParts, 'publicUrl'>, context: Context): string {
  return new URL('/', baseUrl(parts, context)).href
}

function returnAddress(parts: Pick<ApiParts, 'publicUrl'>, context: Context): string {
  return new URL(providerReturnPath, baseUrl(parts, context)).href
}

/** A page's address as browsers write it; undefined of one of another origin, however it is written, and of what is no page. */
function ownAddress(address: string): string | undefined {
  const origin = 'http://a.invalid'
  const url = address.startsWith('/') ? URL.parse(address, origin) : null
  return url !== null && url.origin === origin && isPagePath(url.pathname)
    ? url.pathname + url.search
    : undefined
}

function known(provider: Provider | undefined): Provider {
  if (provider === undefined) throw noProvider()
  return provider
}

function noProvider(): AppError {
  return new AppError(
    'not-found',
    'people do not sign in at a provider here: oidc in the configuration file names one',
  )
}

function notBegunHere(home: string): AppError {
  return new AppError(
    'invalid',
    `this sign-in was not begun in this browser, took more than ten minutes, or another was begun after it: begin again at ${home}`,
    { title: 'Not signed in' },
  )
}

function notOwnPage(): AppError {
  return new AppError('invalid', `return_to: "//evil.example" ${noPage}`)
}
