import { expect, test } from 'vitest'
import { shownDatabase } from '../../shared/database-url.ts'

test.each([
  ['postgresql://me:secret@host:5433/stores?password=secret', 'postgresql://me:***@host:5433/stores'],
  ['postgres://host/stores', 'postgres://host/stores'],
  ['stores.db', 'stores.db'],
])('the database %s is shown as %s', (url, shown) => {
  expect(shownDatabase(url)).toBe(shown)
})
