import type { DatabaseSize } from '../../database/dialect/dialect.ts'
import { fine, type Finding } from './finding.ts'
import { megabytes } from './megabytes.ts'

/** Less is written again before long. */
const MUCH_FREE_BYTES = 64 * 1024 * 1024

/** How large a database is, and how much of that nothing is in: it is told where that is much, as after polls were deleted. */
export function sizeFinding({ bytes, freeBytes }: DatabaseSize): Finding {
  if (freeBytes === undefined) return fine('size', megabytes(bytes))
  const what = `${megabytes(bytes)}, ${megabytes(freeBytes)} of them free for what is written next`
  if (freeBytes <= MUCH_FREE_BYTES || freeBytes <= bytes / 4) return fine('size', what)
  const remedy =
    'where so much is not written soon, "vacuum" gives it back, also beside servers: docs/operations.md has how'
  return { check: 'size', state: 'warning', what, remedy }
}
