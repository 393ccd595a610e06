import { dialectOfUrl } from './connect.ts'
import type { BackUpOptions } from './dialect/dialect.ts'

/** Backs a database up to a file, as `Dialect.backUp` says. */
export async function backUp(databaseUrl: string, file: string, options: BackUpOptions): Promise<number> {
  const dialect = await dialectOfUrl(databaseUrl)
  return dialect.backUp(databaseUrl, file, options)
}
