import { expect, test } from 'vitest'
import { testDatabase } from '../support/test-database.ts'
import { killAgainAndAgain } from './kill-scene.ts'

/** `KILLS=1000 npx vitest run test/deployment/push-kills.test.ts` is the long form. */
const kills = Number(process.env['KILLS'] ?? 4)
const seed = Number(process.env['KILL_SEED'] ?? 1)

test.each([1, 2])(
  'of %s at work on a database, one is killed again and again while polls come: what was acknowledged is there, once, and nothing in part',
  { timeout: 60_000 + kills * 20_000 },
  async (servers) => {
    await using database = await testDatabase()
    const counts = await killAgainAndAgain({
      databaseUrl: database.url,
      kills,
      servers,
      seed,
      onKill(counts) {
        if (counts.kills % 50 === 0) process.stderr.write(`${servers}: ${JSON.stringify(counts)}\n`)
      },
    })
    expect(counts).toMatchObject({ kills })
    expect(counts.answers).toBeGreaterThanOrEqual(kills)
    expect(counts.written + counts.notWritten).toBeGreaterThan(0)
  },
)
