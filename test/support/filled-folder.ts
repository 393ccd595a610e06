import { afterAll, beforeAll } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts'
import { filledDatabase, type TestDatabase } from './test-database.ts'

export interface FilledFolder extends Pick<TemporaryFolder, 'file'> {
  /** The URL of the database; known once the tests run. */
  readonly database: string
  /** That of a copy of it, for a test that changes it; nobody may be connected to the database. */
  filledCopy(): Promise<string>
}

/** A folder and a database of so many stores for all tests of a file. Call it at the top of the file. */
export function filledFolder(storeCount: number): FilledFolder {
  const parts = new AsyncDisposableStack()
  let folder: TemporaryFolder
  let database: TestDatabase
  beforeAll(async () => {
    folder = parts.use(await temporaryFolder())
    database = parts.use(await filledDatabase(storeCount))
  })
  afterAll(() => parts.disposeAsync())
  return {
    file: (name) => folder.file(name),
    get database() {
      return database.url
    },
    filledCopy: async () => parts.use(await database.copy()).url,
  }
}
