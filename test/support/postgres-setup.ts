import { startPostgres } from './postgres-server.ts'
import { makeTemplate } from './test-database.ts'

/** One PostgreSQL for all tests of a run, unless TEST_DATABASE_URL names another. */
export default async function setup(): Promise<() => Promise<void>> {
  await using parts = new AsyncDisposableStack()
  const given = process.env['TEST_DATABASE_URL'] ?? process.env['CITUS_DATABASE_URL']
  const url = given ?? parts.use(await startPostgres()).url
  await makeTemplate(url)
  process.env['TEST_DATABASE_URL'] = url
  if (given === undefined) parts.defer(() => void delete process.env['TEST_DATABASE_URL'])
  const owned = parts.move()
  return () => owned.disposeAsync()
}
