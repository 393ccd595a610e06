import { failed, fine, type Finding } from '../../server/observe/doctor/finding.ts'
import { AppError } from '../../shared/app-error.ts'
import { isLoopback } from '../../shared/loopback.ts'
import type { Readiness } from '../../shared/readiness.ts'
import type { Caller } from '../../shared/session.ts'
import type { Health } from '../../shared/store.ts'
import { baseOf } from '../call.ts'
import type { StoreMonitorClient } from '../client.ts'
import { errorOfFetch, errorOfResponse, notOurServer } from '../errors.ts'
import { withConnection, type ConnectionOptions } from './connection.ts'
import type { CommandContext } from './context.ts'
import { formatAmount } from './output.ts'

const ANSWER_WITHIN_MS = 10_000
/** The header has whole seconds, and an answer takes a while. */
const MOST_CLOCK_DIFFERENCE_MS = 3000
const MOST_AHEAD_MS = 3_600_000

/** Looks whether all is well on a server, and with what is sent to it. Nothing is changed. */
export async function examineServer(
  context: CommandContext,
  options: ConnectionOptions & { readonly url: string },
): Promise<Finding[]> {
  const { url } = options
  return withConnection(context, options, async ({ client }) => {
    try {
      return await findingsOf(context, url, client)
    } catch (error) {
      return [failed('server', errorOfFetch(error, url))]
    }
  })
}

async function findingsOf(
  context: CommandContext,
  url: string,
  client: StoreMonitorClient,
): Promise<Finding[]> {
  const { body, response, askedAt } = await answerOf(context, url, '/')
  const { name, version } = (body ?? {}) as { readonly name?: unknown; readonly version?: string }
  if (name !== 'store-monitor' || version === undefined) throw notOurServer(url)
  return [
    transportFinding(url),
    versionFinding(version, context.version),
    ...clockFindings(response, (askedAt + context.now()) / 2),
    ...(await readinessFindings(context, url)),
    ...(await callerFindings(client, context.now())),
  ]
}

/** What a path is answered with, also where that says that something is wrong. */
async function answerOf({ now, signal }: CommandContext, url: string, path: string) {
  const askedAt = now()
  const response = await fetch(`${baseOf({ url })}${path}`, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
  }).catch((error: unknown) => {
    if ((error as Error).name !== 'TimeoutError') throw error
    throw new AppError('unavailable', `${url} does not answer in ${ANSWER_WITHIN_MS / 1000} s`)
  })
  if (!response.ok && response.status !== 503) throw await errorOfResponse(response)
  const body: unknown = await response.json()
  return { response, askedAt, body }
}

function transportFinding(url: string): Finding {
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:' || isLoopback(hostname)) return fine('server', `${url} answers`)
  return {
    check: 'server',
    state: 'warning',
    what: `${url} answers, and whoever is in between reads keys and data`,
    remedy: 'put a proxy with https before it; docs/operations.md has how',
  }
}

function versionFinding(there: string, here: string): Finding {
  if (there === here) return fine('version', there)
  const what = `the server is ${there}, and this command ${here}`
  return { check: 'version', state: 'warning', what, remedy: 'use the same version of both' }
}

function clockFindings({ headers }: Response, hereMs: number): Finding[] {
  const thereMs = Date.parse(headers.get('date') ?? '')
  if (Number.isNaN(thereMs)) return []
  const differenceMs = thereMs + 500 - hereMs
  if (Math.abs(differenceMs) <= MOST_CLOCK_DIFFERENCE_MS) return [fine('clock', 'as that of this machine')]
  const seconds = Math.round(Math.abs(differenceMs) / 1000)
  const what = `the server's is ${seconds} s ${differenceMs > 0 ? 'ahead of' : 'behind'} that of this machine`
  return [{ check: 'clock', state: 'warning', what, remedy: 'set both by NTP' }]
}

async function readinessFindings(context: CommandContext, url: string): Promise<Finding[]> {
  const { checks } = (await answerOf(context, url, '/readyz')).body as Readiness
  return checks.map(({ name, ok, reason }) => (ok ? fine(name, 'is as it should be') : failed(name, reason)))
}

async function callerFindings(client: StoreMonitorClient, nowMs: number): Promise<Finding[]> {
  const caller = await client.session.read.query()
  const key = keyFinding(caller)
  if (!caller.permissions.includes('data:read')) return [key]
  return [key, ...dataFindings(await client.health.query(), nowMs)]
}

function keyFinding({ isAsked, name, role, labels, permissions }: Caller): Finding {
  if (!isAsked) return fine('key', 'none is asked for: whoever reaches the server may do everything')
  if (role === null) {
    const what = 'none was sent, or none that the server takes'
    const remedy = 'give one by --key or STORE_MONITOR_KEY; "keys create" makes one'
    return { check: 'key', state: 'failed', what, remedy }
  }
  const of = labels.length === 0 ? '' : `, of ${labels.join(' ')}`
  return fine('key', `${name} is ${role}${of}: ${permissions.join(' ')}`)
}

function dataFindings({ database: { stores, polls, latestPollAt } }: Health, nowMs: number): Finding[] {
  const amounts = [formatAmount(stores, 'store'), ...(polls === null ? [] : [formatAmount(polls, 'poll')])]
  const data = fine('data', amounts.join(', '))
  if (latestPollAt === null) return [data]
  if (Date.parse(latestPollAt) <= nowMs + MOST_AHEAD_MS) return [data, fine('latest poll', latestPollAt)]
  const what = `it is of ${latestPollAt}, which is yet to come`
  const remedy = 'look whether this clock is right, or that of whoever sends polls; "polls" lists them'
  return [data, { check: 'latest poll', state: 'warning', what, remedy }]
}
