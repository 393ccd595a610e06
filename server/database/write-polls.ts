import type { Db } from './connect.ts'
import { forgetKeptTail } from './tail/kept-tail.ts'
import type { LatestPolls } from './tail/latest-polls.ts'
import { writeAlone, type WriteTx } from './write-alone.ts'

/** `writeAlone` for what may change polls: where it fails, nothing is known of the latest of them, nor of the tail. */
export async function writePolls<Result>(
  db: Db,
  latest: LatestPolls,
  work: (tx: WriteTx) => Promise<Result>,
  pause?: () => Promise<void>,
): Promise<Result> {
  async function forgetting(write: () => Promise<Result>): Promise<Result> {
    try {
      return await write()
    } catch (error) {
      latest.forget()
      forgetKeptTail(db)
      throw error
    }
  }
  // Within, as another transaction may begin as soon as this one is rolled back; without, as the commit may fail.
  return forgetting(() => writeAlone(db, 'data', (tx) => forgetting(() => work(tx)), pause))
}
