import type { ColumnDefinitionBuilder, CreateTableBuilder, Kysely, RawBuilder } from 'kysely'

type DataType = Parameters<CreateTableBuilder<string>['addColumn']>[1]

/** What the databases write differently in a table's definition. Each dialect has one. */
export interface ColumnTypes {
  readonly bytes: DataType
  /** Text that is compared and sorted as bytes. */
  readonly byteOrderedText: DataType
  /** A text, to be compared and sorted as bytes. */
  inByteOrder(text: RawBuilder<string>): RawBuilder<string>
  /** Makes an integer column the primary key that the database counts up. */
  generatedKey(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder
  /** Makes a table whose rows lie in the order of its primary key, where the database can. */
  clustered<Table extends string, Columns extends string>(
    table: CreateTableBuilder<Table, Columns>,
  ): CreateTableBuilder<Table, Columns>
  /** Makes a column of texts of any length that are never the same. */
  uniqueLongText(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder
  /** Makes a column of many rows the key of what is never removed, where to check it costs next to nothing. */
  referencesKept(column: ColumnDefinitionBuilder, key: string): ColumnDefinitionBuilder
  /** Drops a table that others refer to, to be made anew with the same rows in the same transaction. */
  dropReferred(db: Kysely<unknown>, table: string): Promise<void>
  /** Makes the database refuse to change or remove what a table has. */
  makeAppendOnly(db: Kysely<unknown>, table: string): Promise<void>
  /**
   * Has the database tell all who listen when something becomes of a table: once for a statement, or, with the values of one or two columns,
   * for each row. Nothing where a database cannot.
   */
  announce(
    db: Kysely<unknown>,
    table: string,
    what: { readonly on: 'insert' | 'update'; readonly as: string; readonly of?: readonly string[] },
  ): Promise<void>
  /**
   * Has rows by week and store say which chunk of 2,048 stores they are of, in their primary key: `store_key >> 11`. Programs that do not know
   * of it go on writing them. Nothing where a database is never spread over machines.
   */
  spreadByChunk(db: Kysely<unknown>, table: string): Promise<void>
  /** Does what remains to be done for a table once it is there. */
  finishTable(
    db: Kysely<unknown>,
    table: string,
    columns: { readonly uncompressed?: readonly string[]; readonly longText?: readonly string[] },
  ): Promise<void>
}
