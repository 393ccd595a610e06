import { createRandom } from '../bench/random.ts'
import { connect } from '../../server/database/connect.ts'
import { databaseSummary } from '../../server/database/poll-week-summary.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { storedPolls } from '../support/import-scene.ts'
import { serving, type ServingProcess } from './serving.ts'

type Random = ReturnType<typeof createRandom>

/** Polls as `store instant`, and what was said of them. */
type Said = ReadonlyMap<string, string>

/** What is sent as a whole, again and again until it is answered. */
interface Sending {
  readonly path: string
  readonly body: string
  readonly headers: Record<string, string>
  readonly polls: Said
}

/** Sends polls of stores of its own, one sending after the other. */
interface Feeder {
  /** Sends until the server is gone or it is stopped. Throws where it is answered with what it should not be. */
  feed(url: string, signal: AbortSignal): Promise<void>
  /** Throws where what is stored of its stores is not all that was acknowledged, with or without what was not answered. */
  check(stored: Said): 'all was answered' | 'written' | 'not written'
}

const firstMs = Date.parse('2026-10-05T00:00:00Z')
/** So few that what is stored can be looked at after each kill: what comes again says something else. */
const INSTANTS = 1500
const STEP_MS = 601_000

/** A feeder of one store by small pushes and large ones, or of many stores by files. */
function createFeeder(name: string, random: Random, onAnswer: () => void): Feeder {
  const acknowledged = new Map<string, string>()
  let sending: Sending | undefined
  let sent = 0
  const below = (n: number) => Math.floor(random() * n)

  function pollsOf(store: string, count: number): string[][] {
    return Array.from({ length: count }, () => {
      const at = formatTimestamp(firstMs + (sent++ % INSTANTS) * STEP_MS)
      return [store, random() < 0.5 ? 'active' : 'inactive', at]
    })
  }

  function nextSending(): Sending {
    const isFile = name.startsWith('file') && random() < 0.5
    const stores = name.startsWith('file') ? Array.from({ length: 12 }, (_, i) => `${name}-${i}`) : [name]
    const rows = stores.flatMap((store) => pollsOf(store, [1, 3, 40, 200][below(isFile ? 4 : 3)]!))
    return {
      path: isFile ? '/imports?source=killed.csv' : '/polls',
      body: `store_id,status,timestamp_utc\n${rows.map((row) => `${row.join()}\n`).join('')}`,
      // With it the answer is the same again; without, what was written is repeated.
      headers: random() < 0.5 && !isFile ? { 'idempotency-key': crypto.randomUUID() } : {},
      polls: new Map(rows.map(([store, status, at]) => [`${store} ${at}`, status!])),
    }
  }

  return {
    async feed(url, signal) {
      while (!signal.aborted) {
        sending ??= nextSending()
        const { path, body, headers, polls } = sending
        const response = await fetch(url + path, { method: 'POST', body, headers }).catch(() => undefined)
        const answer = await response?.text().catch(() => undefined)
        if (response === undefined || answer === undefined) return // it is gone
        if (response.status === 429 || response.status === 503) continue
        if (!response.ok) throw new Error(`${path}: ${response.status} ${answer}`)
        for (const [poll, status] of polls) acknowledged.set(poll, status)
        sending = undefined
        onAnswer()
      }
    },
    check(stored) {
      const own = new Map([...stored].filter(([poll]) => isOwn(poll.split(' ')[0]!, name)))
      if (isSame(own, acknowledged)) return sending === undefined ? 'all was answered' : 'not written'
      if (sending !== undefined && isSame(own, new Map([...acknowledged, ...sending.polls]))) return 'written'
      throw new Error(`${name}: ${own.size} polls are stored, and ${acknowledged.size} were acknowledged`)
    },
  }
}

function isOwn(store: string, name: string): boolean {
  return store === name || store.startsWith(`${name}-`)
}

function isSame(one: Said, other: Said): boolean {
  return one.size === other.size && [...one].every(([poll, status]) => other.get(poll) === status)
}

interface KillOptions {
  readonly databaseUrl: string
  readonly kills: number
  /** How many servers are at work on the database at once. */
  readonly servers: number
  readonly seed: number
  readonly onKill?: (counts: KillCounts) => void
}

interface KillCounts {
  kills: number
  answers: number
  /** Sendings that were not answered, and what became of them. */
  written: number
  notWritten: number
}

/**
 * Kills a server of some at a random moment, again and again, while polls come by many ways, and looks after each kill
 * whether all that was acknowledged is there, once, and nothing is there in part.
 */
export async function killAgainAndAgain(options: KillOptions): Promise<KillCounts> {
  const { databaseUrl, kills, servers, seed, onKill } = options
  const random = createRandom(seed)
  const counts: KillCounts = { kills: 0, answers: 0, written: 0, notWritten: 0 }
  let waited = { answers: Infinity, go: () => {} }
  const feeders = ['a', 'b', 'c', 'd', 'e', 'file-1', 'file-2'].map((name) =>
    createFeeder(name, random, () => {
      counts.answers++
      if (counts.answers >= waited.answers) waited.go()
    }),
  )
  const running: ServingProcess[] = []
  try {
    for (let kill = 0; kill < kills; kill++) {
      while (running.length < servers) running.push(await serving(databaseUrl))
      const stop = new AbortController()
      const victim = Math.floor(random() * running.length)
      const moment = new Promise<void>((go) => {
        waited = { answers: counts.answers + 1 + Math.floor(random() * 60), go }
      })
      const feeding = feeders.map((feeder, i) => feeder.feed(running[i % running.length]!.url, stop.signal))
      await Promise.race([moment, Promise.all(feeding)])
      for (let turns = random() * 20; turns > 0; turns--) await new Promise(setImmediate)
      const [killed] = running.splice(victim, 1)
      killed!.kill('SIGKILL')
      await killed!.finished
      stop.abort()
      await Promise.all(feeding)
      counts.kills++
      await check(databaseUrl, feeders, counts)
      onKill?.(counts)
    }
  } finally {
    await Promise.all(running.map((server) => server[Symbol.asyncDispose]()))
  }
  return counts
}

async function check(databaseUrl: string, feeders: readonly Feeder[], counts: KillCounts): Promise<void> {
  await using db = await connect(databaseUrl, { readOnly: true })
  const polls = await storedPolls(db)
  const stored = new Map(
    polls.map((poll) => {
      const [store, status, at] = poll.split(' ')
      return [`${store} ${at}`, status!]
    }),
  )
  if (stored.size !== polls.length) throw new Error(`${polls.length - stored.size} polls are stored twice`)
  const summary = await databaseSummary(db)
  if (summary.polls !== polls.length)
    throw new Error(`${summary.polls} polls are counted, ${polls.length} stored`)
  for (const feeder of feeders) {
    const became = feeder.check(stored)
    if (became === 'written') counts.written++
    if (became === 'not written') counts.notWritten++
  }
}
