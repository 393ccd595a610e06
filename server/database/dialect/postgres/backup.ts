import { AppError } from '../../../../shared/app-error.ts'

/** A server's own tools do it better: they know of its other databases, its roles and its log. */
export async function backUpPostgres(): Promise<never> {
  throw new AppError(
    'invalid',
    'a PostgreSQL database is backed up with its own tools: pg_dump --format=custom --file=backup.dump "$DATABASE_URL", and pg_restore to bring it back',
  )
}
