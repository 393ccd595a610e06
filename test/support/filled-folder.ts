import { copyFile } from 'node:fs/promises'
import { afterAll, beforeAll } from 'vitest'
import { fillDatabase } from './filled-database.ts'
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts'

export interface FilledFolder extends Pick<TemporaryFolder, 'file'> {
  /** The path of the database, `filled.db`; known once the tests run. */
  readonly database: string
  /** The path of a copy of it, for a test that changes it. */
  filledCopy(): Promise<string>
}

/** A folder for all tests of a file, with a database of so many stores. Call it at the top of the file. */
export function filledFolder(storeCount: number): FilledFolder {
  const parts = new AsyncDisposableStack()
  let folder: TemporaryFolder
  let copies = 0
  const file = (name: string) => folder.file(name)
  const database = () => file('filled.db')
  beforeAll(async () => {
    folder = parts.use(await temporaryFolder())
    await fillDatabase(database(), storeCount)
  })
  afterAll(() => parts.disposeAsync())
  return {
    file,
    get database() {
      return database()
    },
    async filledCopy() {
      const path = file(`filled-${++copies}.db`)
      await copyFile(database(), path)
      return path
    },
  }
}
