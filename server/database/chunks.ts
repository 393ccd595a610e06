import type { CompiledQuery } from 'kysely'

/** How many rows a statement reads or writes. The text of a statement of this many is prepared once, and used again. */
const CHUNK_ROWS = 500

/** `items` in order, in arrays short enough for one statement. */
export function* chunks<Item>(items: Iterable<Item>, length: number = CHUNK_ROWS): Generator<Item[]> {
  let chunk: Item[] = []
  for (const item of items) {
    chunk.push(item)
    if (chunk.length < length) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

type Value = string | number

/**
 * The statement that `compile` makes of some rows, compiled once for each number of them: that takes as long as to run
 * it. The rows' values, all of them and in order, are its parameters; all rows have the same properties in the same order.
 */
export function compiledOnce<Row extends Value | object, Result>(
  compile: (rows: readonly Row[]) => CompiledQuery<Result>,
): (rows: readonly Row[]) => CompiledQuery<Result> {
  const byLength = new Map<number, CompiledQuery<Result>>()
  return (rows) => {
    const compiled = byLength.get(rows.length)
    if (compiled !== undefined) return { ...compiled, parameters: valuesOf(rows) }
    const first = compile(rows)
    byLength.set(rows.length, first)
    return first
  }
}

function valuesOf(rows: readonly (Value | object)[]): readonly unknown[] {
  const values: unknown[] = []
  for (const row of rows) {
    if (typeof row !== 'object') values.push(row)
    else for (const name in row) values.push(row[name as never])
  }
  return values
}
