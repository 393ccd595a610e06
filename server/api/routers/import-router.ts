import { tracked } from '@trpc/server'
import {
  importIdInput,
  importListInput,
  importStoresInput,
  rejectedRowsInput,
  rejectedStoresInput,
  watchImportInput,
  type ImportRecord,
} from '../../../shared/import.ts'
import { watchedInput } from '../../../shared/watched.ts'
import { listImportStores } from '../../database/import-stores.ts'
import { getImport, listImports } from '../../database/imports.ts'
import { listRejectedRows } from '../../database/rejected-rows.ts'
import { getRejectedSummary, listRejectedStores } from '../../database/rejected-summary.ts'
import { listTakenFiles } from '../../database/watched-files.ts'
import { importEventIdOf } from '../import-event-id.ts'
import { procedureFor, router } from '../procedure.ts'

export const importRouter = router({
  list: procedureFor('imports:read')
    .input(importListInput.prefault({}))
    .query(({ ctx, input }) => listImports(ctx.db, input)),
  get: procedureFor('imports:read')
    .input(importIdInput)
    .query(({ ctx, input }) => getImport(ctx.db, input.importId)),
  /** The record at each change, until the import has ended, on whichever server; goes on where a lost connection left off. */
  watch: procedureFor('imports:read')
    .input(watchImportInput)
    .subscription(async ({ ctx, input, signal }) => {
      await getImport(ctx.db, input.importId)
      return newRecords(ctx.importWatch.watch(input.importId, signal), input.lastEventId)
    }),
  /** Wherever it runs; what it is at does not go in. */
  cancel: procedureFor('imports:write')
    .input(importIdInput)
    .mutation(({ ctx, input }) => ctx.cancelImport(input.importId)),
  /** The stores of which it changed something. */
  stores: procedureFor('imports:read')
    .input(importStoresInput)
    .query(({ ctx, input }) => listImportStores(ctx.db, input)),
  rejectedRows: procedureFor('imports:read')
    .input(rejectedRowsInput.prefault({}))
    .query(({ ctx, input }) => listRejectedRows(ctx.db, input)),
  /** What became of the files of watched folders, and how these are. */
  watched: procedureFor('imports:read')
    .input(watchedInput.prefault({}))
    .query(async ({ ctx, input }) => ({
      ...(await listTakenFiles(ctx.db, input)),
      folders: [...ctx.watchedFolders()],
    })),
  /** All rejected rows of an import, counted by reason. */
  rejectedSummary: procedureFor('imports:read')
    .input(importIdInput)
    .query(({ ctx, input }) => getRejectedSummary(ctx.db, input.importId)),
  /** The stores that they name, with how many name each. */
  rejectedStores: procedureFor('imports:read')
    .input(rejectedStoresInput)
    .query(({ ctx, input }) => listRejectedStores(ctx.db, input)),
})

async function* newRecords(
  records: AsyncGenerator<ImportRecord, void>,
  lastEventId: string | null | undefined,
) {
  for await (const record of records) {
    const eventId = importEventIdOf(record)
    if (eventId !== lastEventId) yield tracked(eventId, record)
  }
}
