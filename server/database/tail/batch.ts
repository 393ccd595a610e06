import type { WriteTx } from '../write-alone.ts'

/** Numbers a change of polls: later ones, by whatever process, have higher numbers. */
export async function nextBatch(tx: WriteTx): Promise<number> {
  await tx
    .updateTable('poll_batch')
    .set((eb) => ({ last_batch: eb('last_batch', '+', 1) }))
    .execute()
  const { last_batch } = await tx.selectFrom('poll_batch').select('last_batch').executeTakeFirstOrThrow()
  return last_batch
}
