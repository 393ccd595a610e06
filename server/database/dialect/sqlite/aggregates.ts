import { sql, type Expression, type RawBuilder } from 'kysely'

/** The bytes of a group's rows, one after the other in the rows' order; null where there are none. */
export function concatenatedBytes(bytes: Expression<Uint8Array | null>): RawBuilder<Uint8Array | null> {
  return sql`cast(group_concat(${bytes}, '') as blob)`
}

/** A group's numbers in the rows' order, as a JSON array. */
export function numbersAsJson(number: Expression<number>): RawBuilder<string> {
  return sql`json_group_array(${number})`
}
