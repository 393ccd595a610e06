import { CompiledQuery } from 'kysely'
import type { Db } from '../dialect.ts'
import { FIRST_ROW_AT } from './copy-out.ts'

const NO_MORE_ROWS = -1
const NULL = -1

/** The rows of a query, whose fields are read one after the other, each once: all of a row, in their order. */
export class CopiedRows {
  /** What the rows are in. */
  readonly all: Buffer
  /** Where the row or field begins that is read next. */
  #at = FIRST_ROW_AT
  /** Of the field that was read last. */
  #start = 0

  /** `all` is what `CopyOut` has gathered. */
  constructor(all: Buffer) {
    this.all = all
  }

  /** Goes to the next row; false after the last. */
  next(): boolean {
    if (this.all.readInt16BE(this.#at) === NO_MORE_ROWS) return false
    this.#at += 2
    return true
  }

  /** Where the bytes of the field that was read last begin in `all`. */
  get fieldStart(): number {
    return this.#start
  }

  get fieldEnd(): number {
    return this.#at
  }

  /** Goes over a field; whether there is one. */
  field(): boolean {
    const length = this.all.readInt32BE(this.#at)
    this.#start = this.#at + 4
    this.#at = length === NULL ? this.#start : this.#start + length
    return length !== NULL
  }

  int4(): number | null {
    return this.field() ? this.all.readInt32BE(this.#start) : null
  }

  int8(): number | null {
    return this.field() ? Number(this.all.readBigInt64BE(this.#start)) : null
  }

  text(): string | null {
    return this.field() ? this.all.toString('utf8', this.#start, this.#at) : null
  }

  /** Shares the memory of all rows. */
  bytes(): Buffer | null {
    return this.field() ? this.all.subarray(this.#start, this.#at) : null
  }
}

/** The rows of a query that has no parameters: its values are numbers, or `quoted`. */
export async function copyOut(db: Db, query: string, expectedBytes = 0): Promise<CopiedRows> {
  const copy = CompiledQuery.raw(`copy (${query}) to stdout (format binary)`, [expectedBytes])
  const { rows } = await db.executeQuery<{ copied: Buffer }>(copy)
  return new CopiedRows(rows[0]!.copied)
}

/** A text as PostgreSQL reads it, with `standard_conforming_strings` as it is since version 9.1. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
