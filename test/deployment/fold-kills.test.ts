/** Who folds the tail is killed at random moments, while polls come. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { addPolls } from '../../server/database/add-polls.ts'
import { connect, type Db } from '../../server/database/connect.ts'
import type { StorePollWeek } from '../../server/database/poll-weeks.ts'
import { readPollWeeks } from '../../server/database/read-polls.ts'
import { keysOfStores } from '../../server/database/stores.ts'
import { STORES_PER_CHUNK } from '../../server/database/tail/tail-row.ts'
import { readTotals } from '../../server/database/totals.ts'
import { writeAlone } from '../../server/database/write-alone.ts'
import { pollWord } from '../../server/uptime/poll-week.ts'
import { storeId } from '../../shared/ids.ts'
import { createRandom } from '../bench/random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { databaseType, testDatabase } from '../support/test-database.ts'

/** `KILLS=1000 npx vitest run test/deployment/fold-kills.test.ts` is the long form. */
const kills = Number(process.env['KILLS'] ?? 5)
const FOLDERS = databaseType === 'postgres' ? 2 : 1
const WEEKS = Array.from({ length: 6 }, (_, i) => 2800 + i)
const CHUNKS = 3
const STORES = (CHUNKS - 1) * STORES_PER_CHUNK + 20
/** So few that most of what comes says something else of a poll that is there. */
const INSTANTS = 40
const MOST_STEPS = 30

/** Folds all that has come, again and again, as it would a day later; tells each step. */
async function writeFolder(path: string, databaseUrl: string): Promise<void> {
  const [connectModule, tidyModule] = ['connect', 'tail/tidy-tail'].map((name) =>
    JSON.stringify(new URL(`../../server/database/${name}.ts`, import.meta.url).href),
  )
  await writeFile(
    path,
    `
    import { connect } from ${connectModule}
    import { tidySteps } from ${tidyModule}
    const db = await connect(${JSON.stringify(databaseUrl)})
    for (;;) {
      const last = await db.selectFrom('tail_mark').select(({ fn }) => fn.max('at').as('at')).executeTakeFirst()
      const aDayLater = Number(last?.at ?? Date.now()) + 25 * 3_600_000
      for await (const _ of tidySteps(db, aDayLater)) process.send('step')
      await new Promise(setImmediate)
    }`,
  )
}

interface Folder {
  /** Until it has done so many steps. */
  did(steps: number): Promise<void>
  kill(): Promise<void>
}

function startedFolder(program: string): Folder {
  const child = fork(program, { env: { ...process.env, NODE_OPTIONS: process.env['CLI_NODE_OPTIONS'] } })
  const exited = once(child, 'exit')
  let done = 0
  let look = () => {}
  child.on('message', () => {
    done++
    look()
  })
  return {
    async did(steps) {
      const { promise, resolve } = Promise.withResolvers<void>()
      look = () => done >= steps && resolve()
      look()
      const ended = await Promise.race([promise, exited])
      if (ended !== undefined) throw new Error('it ended by itself')
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** What is known to be in the database: words by week and store, by instant. */
type Known = Map<string, Map<number, number>>

test(
  'who folds the tail is killed again and again: all polls are there, once, and are counted',
  { timeout: 60_000 + kills * 20_000 },
  async () => {
    await using database = await testDatabase()
    await using programs = await temporaryFolder()
    await using db = await connect(database.url)
    // All that is checked is as of one moment there.
    await using reading = await connect(database.url, { readOnly: true })
    const program = programs.file('folder.mjs')
    await writeFolder(program, database.url)
    const random = createRandom(Number(process.env['KILL_SEED'] ?? 1))
    const below = (n: number) => Math.floor(random() * n)
    const ids = Array.from({ length: STORES }, (_, i) => storeId.parse(`s${i}`))
    const allKeys = await writeAlone(db, 'data', (tx) => keysOfStores(tx, ids))
    const storeKeys = allKeys.filter((key) => key % STORES_PER_CHUNK < 20).toSorted((a, b) => a - b)
    const known: Known = new Map()

    async function push(): Promise<void> {
      const week = WEEKS[below(WEEKS.length)]!
      const some = storeKeys.filter(() => random() < 0.3)
      const ofStores = some.map((storeKey): StorePollWeek => {
        const instants = Array.from({ length: 1 + below(5) }, () => below(INSTANTS)).toSorted((a, b) => a - b)
        const words = [...new Set(instants)].map((at) => pollWord(at * 1000, random() < 0.5))
        return { week, storeKey, words: Uint32Array.from(words) }
      })
      await writeAlone(db, 'data', (tx) => addPolls(tx, ofStores))
      for (const { storeKey, words } of ofStores) {
        const place = `${week} ${storeKey}`
        const ofPlace = known.get(place) ?? new Map<number, number>()
        for (const word of words) ofPlace.set(word >>> 1, word)
        known.set(place, ofPlace)
      }
    }

    const running: Folder[] = []
    let withTail = 0
    try {
      for (let kill = 0; kill < kills; kill++) {
        while (running.length < FOLDERS) running.push(startedFolder(program))
        const [killed] = running.splice(below(FOLDERS), 1)
        let isOver = false
        const feeding = (async () => {
          while (!isOver) {
            await push()
            // On SQLite nothing waits.
            await new Promise(setImmediate)
          }
        })()
        await killed!.did(1 + below(MOST_STEPS))
        for (let turns = random() * 50; turns > 0; turns--) await new Promise(setImmediate)
        await killed!.kill()
        isOver = true
        await feeding
        if ((await check(reading, storeKeys, known)) > 0) withTail++
        if (kill % 50 === 49) process.stderr.write(`${kill + 1} kills, ${withTail} with a tail left\n`)
      }
    } finally {
      for (const folder of running) await folder.kill()
    }
    expect(withTail).toBeGreaterThan(0)
    const last = startedFolder(program)
    await expect.poll(() => tailRows(db), { timeout: 30_000 }).toBe(0)
    await last.kill()
    expect(await check(reading, storeKeys, known)).toBe(0)
  },
)

async function tailRows(db: Db): Promise<number> {
  return (await db.selectFrom('poll_tail').select('week').execute()).length
}

/** Throws where not all that is known is there, as it was said last, or it is counted otherwise; how much is in the tail. */
async function check(db: Db, storeKeys: readonly number[], known: Known): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const found: Known = new Map()
    for (const { week, storeKeys: keys, words, from, to } of await readPollWeeks(tx, WEEKS, storeKeys)) {
      keys.forEach((storeKey, i) => {
        const ofPlace = words.subarray(from[i], to[i])
        const byInstant = new Map(Array.from(ofPlace, (word) => [word >>> 1, word]))
        if (byInstant.size < ofPlace.length) throw new Error(`${week} ${storeKey} has polls twice`)
        if (byInstant.size > 0) found.set(`${week} ${storeKey}`, byInstant)
      })
    }
    const sorted = (polls: Known) =>
      Array.from(
        polls,
        ([place, words]) => `${place}: ${[...words.values()].toSorted((a, b) => a - b).join()}`,
      ).sort()
    expect(sorted(found)).toEqual(sorted(known))
    const inTail = await tx.selectFrom('poll_tail').select('poll_count').execute()
    expect(await readTotals(tx)).toEqual({
      polls: found.values().reduce((sum, { size }) => sum + size, 0),
      tailRows: inTail.length,
      tailPolls: inTail.reduce((sum, { poll_count }) => sum + poll_count, 0),
    })
    return inTail.length
  })
}
