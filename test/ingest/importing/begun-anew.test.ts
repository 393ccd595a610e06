import { expect, test } from 'vitest'
import { getImport, insertImport } from '../../../server/database/imports.ts'
import { listImportStores } from '../../../server/database/import-stores.ts'
import { beginImport } from '../../../server/ingest/importing/begin-import.ts'
import { importBegun } from '../../../server/ingest/importing/import-begun.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import { importScene, noon, pollFile, storedPolls } from '../../support/import-scene.ts'

const POLLS = 20_000
const STORES = 500

test('an import that another takes over between its steps counts each row and store once, and whoever had it writes no more', async () => {
  await using scene = await importScene()
  const rows = Array.from(
    { length: POLLS },
    (_, i) => [`s${i % STORES}`, 'active', formatTimestamp(i * 60_000)] as const,
  )
  const path = await scene.write('polls.csv', pollFile(rows))
  const begun = { source: 'polls.csv', kind: 'polls', bytes: 1, startedAt: noon } as const
  const importId = await insertImport(scene.db, { ...begun, owner: 'first', isKept: true })

  async function importAs(owner: string, onStored: (rows: number, stop: AbortController) => void) {
    const stop = new AbortController()
    const options = {
      now: () => noon,
      rowsPerStep: 2000,
      blockBytes: 4096,
      signal: stop.signal,
      kept: { importId, owner },
      onProgress: ({ rowsStored }: { rowsStored: number }) => onStored(rowsStored, stop),
    }
    await using files = await beginImport([path], options)
    return await importBegun(scene.db, files, options)
  }

  const first = importAs('first', (stored, stop) => {
    if (stored > 5000) stop.abort()
  })
  await expect(first).rejects.toMatchObject({ code: 'unavailable' })
  const before = await getImport(scene.db, importId)
  expect(before).toMatchObject({ state: 'running', finishedAt: null })
  expect(before.rowsChanged).toBeGreaterThan(5000)
  expect(before.rowsChanged).toBeLessThan(POLLS)

  await scene.db.updateTable('import').set({ owner: 'second' }).execute()
  await expect(importAs('first', () => {})).rejects.toMatchObject({ code: 'conflict' })
  expect(await getImport(scene.db, importId)).toEqual(before)
  const { records } = await importAs('second', () => {})
  const whole = { state: 'complete', rowsAccepted: POLLS, rowsChanged: POLLS, rowsRepeated: 0 }
  expect(records).toMatchObject([{ importId, ...whole, storesTouched: STORES }])
  expect(records[0]).toMatchObject({ firstPollAt: rows[0]![2], lastPollAt: rows.at(-1)![2] })
  expect(await storedPolls(scene.db)).toHaveLength(POLLS)
  const touched = await listImportStores(scene.db, { importId, limit: 1000, cursor: undefined })
  expect(touched.items).toHaveLength(STORES)
  const changes = await scene.db.selectFrom('change').select('change_id').execute()
  expect(changes).toHaveLength(1)
})
