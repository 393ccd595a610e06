import { expect, test } from 'vitest'
import { connect } from '../../server/database/connect.ts'
import { databaseSummary } from '../../server/database/poll-week-summary.ts'
import { importScene, pollFile, storedPolls } from '../support/import-scene.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startedProgram, writeServerProgram } from './server-program.ts'

const KILLS = 4
const WEEKS = 40
const KEPT_WEEKS = 4
const WEEK_MS = 7 * 86_400_000
const stores = Array.from({ length: 25 }, (_, i) => `s${i}`)

/** Middays, so that no week is cut. */
function middayOf(weeksAgo: number): string {
  const today = new Date().setUTCHours(12, 0, 0, 0)
  return new Date(today - weeksAgo * WEEK_MS).toISOString()
}

test(
  'a server that is killed while it deletes what is old has deleted and recorded the same, and goes on with the rest',
  { timeout: 120_000 },
  async () => {
    await using scene = await importScene()
    await using programs = await temporaryFolder()
    const program = programs.file('server.mjs')
    const { databaseUrl } = scene
    await writeServerProgram(program, { databaseUrl, keepPolls: `${KEPT_WEEKS * 7}d` }, { retainEveryMs: 5 })
    const rows = stores.flatMap((store) =>
      Array.from({ length: WEEKS }, (_, ago) => [store, 'active', middayOf(ago)] as const),
    )
    await scene.import(await scene.write('polls.csv', pollFile(rows)), { now: Date.now })

    async function pollsLeft(): Promise<number> {
      await using db = await connect(scene.databaseUrl, { readOnly: true })
      const { polls } = await databaseSummary(db)
      expect((await storedPolls(db)).length).toBe(polls)
      const recorded = await db
        .selectFrom('change')
        .select((eb) => eb.fn.sum('polls').as('polls'))
        .where('kind', '=', 'polls-deleted')
        .executeTakeFirstOrThrow()
      expect(rows.length - Number(recorded.polls ?? 0)).toBe(polls)
      return polls
    }

    for (let kill = 0; kill < KILLS; kill++) {
      const few = (await pollsLeft()) - stores.length * (1 + Math.floor(Math.random() * 5))
      {
        await using _ = await startedProgram(program)
        while ((await databaseSummary(scene.db)).polls > few) await new Promise(setImmediate)
      }
      expect(await pollsLeft()).toBeGreaterThan(stores.length * (KEPT_WEEKS + 1))
    }
    await using _ = await startedProgram(program)
    // A week that is partly younger stays as a whole.
    await expect.poll(pollsLeft, { timeout: 60_000 }).toBeLessThanOrEqual(stores.length * (KEPT_WEEKS + 1))
  },
)
