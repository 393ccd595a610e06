import { formatMaxRejected, type MaxRejected } from '../../../shared/max-rejected.ts'
import type { ReadRows } from '../rows/read-rows.ts'

/** Why a file is refused that has more rejected rows than there may be; undefined where it has not. */
export function tooManyRejected(
  { rejected, rejections }: Pick<ReadRows<unknown>, 'rejected' | 'rejections'>,
  rowsRead: number,
  most: MaxRejected | undefined,
): string | undefined {
  if (most === undefined || !isBeyond(rejected, rowsRead, most)) return undefined
  const part = ((rejected / rowsRead) * 100).toFixed(2)
  const [first] = rejections
  const example = first === undefined ? '' : `; on line ${first.line}, ${first.reason}`
  return (
    `${rejected} of its ${rowsRead} rows are rejected (${part} %), and at most ${formatMaxRejected(most)} may be: ` +
    `correct them, or allow more${example}`
  )
}

function isBeyond(rejected: number, rowsRead: number, most: MaxRejected): boolean {
  return 'rows' in most ? rejected > most.rows : rejected * 100 > most.percent * rowsRead
}
