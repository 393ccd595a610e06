/** The errors that several operations answer with, each with an example. */
import { AppError } from '../../../shared/app-error.ts'
import { durationForms } from '../../../shared/duration.ts'
import type { RestResponse } from './route.ts'
import { exampleReportId, importIdForm, pageLimitForm } from './schemas.ts'

const malformed = 'The request is malformed; `detail` says what is wrong'

export const malformedReportId: RestResponse = {
  description: malformed,
  example: new AppError('invalid', 'report_id: a report id is a UUID, as /trigger_report returned it'),
}

export const malformedOptions: RestResponse = {
  description: malformed,
  example: new AppError('invalid', `reach: "a while" is not a duration: write ${durationForms}`),
}

export const malformedPage: RestResponse = {
  description: malformed,
  example: new AppError('invalid', `limit: ${pageLimitForm}`),
}

export const malformedImportId: RestResponse = {
  description: malformed,
  example: new AppError('invalid', `import_id: ${importIdForm}`),
}

export const emptyFile: RestResponse = {
  description: 'The file is none of the three kinds, or is empty',
  example: new AppError('invalid', 'the body is empty: send the CSV file in it'),
}

export const tooLarge: RestResponse = {
  description: 'The body is too large',
  example: new AppError('too-large', 'the body has 1048576 bytes, and at most 65536 are taken'),
}

export const nothingToReportOn: RestResponse = {
  description: 'There are no polls to report on',
  example: new AppError(
    'conflict',
    'there are no polls in the database to report on: import some first (store-monitor import FOLDER)',
  ),
}

export const notComplete: RestResponse = {
  description: 'The report is not complete',
  example: new AppError('conflict', `report ${exampleReportId} has no file: it is running`),
}

export const unknownReport: RestResponse = {
  description: 'There is no such report',
  example: reportNotFound(`there is no report ${exampleReportId}`),
}

export const unknownImport: RestResponse = {
  description: 'There is no such import',
  example: new AppError('not-found', 'there is no import 7'),
}

export const importHasEnded: RestResponse = {
  description: 'The import has ended',
  example: new AppError('conflict', 'import 7 cannot be cancelled: it is complete'),
}

export function reportNotFound(message: string): AppError {
  return new AppError('not-found', message, { title: 'Report not found' })
}
