import { connect } from '../../server/database/connect.ts'
import { migrateToLatest } from '../../server/database/migrate.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Makes what SQLite databases of tests are copied from: a file with our tables. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await temporaryFolder()
  const path = folder.file('template.db')
  {
    await using db = await connect(path)
    await migrateToLatest(db)
  }
  process.env['TEST_SQLITE_TEMPLATE'] = path
  return async () => {
    delete process.env['TEST_SQLITE_TEMPLATE']
    await folder[Symbol.asyncDispose]()
  }
}
