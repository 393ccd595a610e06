import { statSync } from 'node:fs'
import { AppError } from '../../../../shared/app-error.ts'

/** The path of the file that a URL names: a path, or `sqlite:` or `file:` and one (`sqlite:///var/lib/a.db`). */
export function sqliteFile(databaseUrl: string): string {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]+):(.*)$/is.exec(databaseUrl) ?? []
  if (scheme === undefined || rest === undefined) return databaseUrl
  if (!/^(?:sqlite3?|file)$/i.test(scheme)) {
    throw new AppError(
      'invalid',
      // Without the rest, which may have a password.
      `a database URL with ${scheme}: is not supported: write a file's path, sqlite: and a path, or postgresql://user:password@host:port/name`,
    )
  }
  const path = decoded(rest.replace(/^\/\/(?:localhost(?=\/))?/, ''), databaseUrl)
    .replace(/^\/{2,}/, '/')
    // sqlite:///./a.db, as many programs write a path from the current folder.
    .replace(/^\/(?=\.\.?\/)/, '')
  if (path !== '' && path !== ':memory:') return path
  throw new AppError(
    'invalid',
    `the database URL "${databaseUrl}" names no file; the database is shared by threads, so it cannot be in memory`,
  )
}

function decoded(path: string, databaseUrl: string): string {
  try {
    return decodeURIComponent(path)
  } catch (error) {
    throw new AppError(
      'invalid',
      `the database URL "${databaseUrl}" has a % that is not followed by two hexadecimal digits of UTF-8: write %25 for a percent sign`,
      { cause: error },
    )
  }
}

/** Throws where what lies at the path is not the file that lay there when this was called. */
export function watchFile(path: string): () => void {
  const opened = statSync(path)
  return () => {
    const now = statSync(path, { throwIfNoEntry: false })
    if (now?.ino === opened.ino && now.dev === opened.dev) return
    const what = now === undefined ? 'was removed' : 'was replaced by another'
    throw new AppError(
      'unavailable',
      `the database ${path} ${what} while it was in use: put it back, or start this program again to use what is there`,
    )
  }
}
