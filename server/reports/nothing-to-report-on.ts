import { AppError } from '../../shared/app-error.ts'

export function nothingToReportOn(): AppError {
  return new AppError(
    'conflict',
    'there are no polls in the database to report on: import some first (store-monitor import FOLDER)',
  )
}
