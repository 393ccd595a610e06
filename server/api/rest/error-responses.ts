/** The errors that several operations answer with, each with an example: one that is made where such errors are thrown. */
import type * as z from 'zod'
import type { AppError } from '../../../shared/app-error.ts'
import { noSuchCorrection } from '../../database/correction-records.ts'
import { importHasEnded, noSuchImport } from '../../database/imports.ts'
import { noSuchReport } from '../../database/reports.ts'
import { otherPolls } from '../../database/poll-deletions.ts'
import { NoSuchStore } from '../../database/stores.ts'
import { storeId } from '../../../shared/ids.ts'
import { nothingToReportOn } from '../../reports/nothing-to-report-on.ts'
import { storeUptimeInput } from '../../../shared/report.ts'
import { timelineInput } from '../../../shared/timeline.ts'
import { overLimit } from '../../limits/over-limit.ts'
import { retentionInput } from '../../../shared/retention.ts'
import { usualLimits } from '../../limits/setting.ts'
import { appErrorOf } from '../errors.ts'
import { hasNoFile } from './report-file.ts'
import { bodyTooLarge, type RestResponse } from './route.ts'
import {
  checkQuery,
  historyQuery,
  outageGroupsQuery,
  outageQuery,
  salesListQuery,
} from './insight-schemas.ts'
import {
  exampleReportId,
  fileQuery,
  groupsQuery,
  pageQuery,
  reportBody,
  reportIdBody,
  reportIdQuery,
  storePath,
  totalsQuery,
} from './schemas.ts'
import { importPath } from './import-schemas.ts'
import { downStoresQuery, storeChangesQuery } from './live-schemas.ts'
import { businessHoursBody, correctionPath, newCorrectionBody } from './store-schemas.ts'
import { deletePollsQuery } from './deletion-schemas.ts'
import { pollsQuery } from './poll-schemas.ts'
import { tooLargeUpload as largeUpload } from './upload-meter.ts'
import { emptyUpload } from './upload-spool.ts'
import { verifyQuery } from './verification-schemas.ts'
import { stripsQuery, suggestQuery, summaryQuery } from './view-schemas.ts'

const malformed = 'The request is malformed; `detail` says what is wrong'

export const noReportIdInQuery: RestResponse = {
  description: malformed,
  example: refusal(reportIdQuery, {}),
}

export const noReportIdInBody: RestResponse = {
  description: malformed,
  example: refusal(reportIdBody, {}),
}

export const malformedFileQuery: RestResponse = {
  description: malformed,
  example: refusal(fileQuery, { columns: 'some' }),
}

export const malformedOptions: RestResponse = {
  description: malformed,
  example: refusal(reportBody, { reach: 'a while' }),
}

export const malformedPage: RestResponse = {
  description: malformed,
  example: refusal(pageQuery, { limit: '0' }),
}

export const malformedPolls: RestResponse = {
  description: malformed,
  example: refusal(pollsQuery, { from: 'yesterday' }),
}

export const malformedCheck: RestResponse = {
  description: malformed,
  example: refusal(checkQuery, { limit: '0' }),
}

export const malformedImportId: RestResponse = {
  description: malformed,
  example: refusal(importPath, { import_id: '0' }),
}

export const malformedUptime: RestResponse = {
  description: malformed,
  example: refusal(storeUptimeInput, { storeId: 'chicago-loop-01', reach: '99d' }),
}

export const malformedTimeline: RestResponse = {
  description: malformed,
  example: refusal(timelineInput, { storeId: 'chicago-loop-01', since: 'yesterday' }),
}

export const malformedHistory: RestResponse = {
  description: malformed,
  example: refusal(historyQuery, { by: 'day', since: 'yesterday', until: '2023-01-24' }),
}

export const malformedOutages: RestResponse = {
  description: malformed,
  example: refusal(outageQuery, { since: 'yesterday', until: '2023-01-24' }),
}

export const malformedSales: RestResponse = {
  description: malformed,
  example: refusal(salesListQuery, { since: '2023-01-23', until: '2023-01-24', recaptured: 'half' }),
}

export const malformedOutageGroups: RestResponse = {
  description: malformed,
  example: refusal(outageGroupsQuery, { since: '2023-01-23', until: '2023-01-24' }),
}

export const malformedDownStores: RestResponse = {
  description: malformed,
  example: refusal(downStoresQuery, { limit: '0' }),
}

export const malformedStoreChanges: RestResponse = {
  description: malformed,
  example: refusal(storeChangesQuery, { store_id: 'a b' }),
}

export const malformedStoreId: RestResponse = {
  description: malformed,
  example: refusal(storePath, { store_id: 'a b' }),
}

export const malformedStore: RestResponse = {
  description: malformed,
  example: refusal(businessHoursBody, { spans: [{ day: 7, start: '09:00', end: '17:00' }] }),
}

export const malformedCorrection: RestResponse = {
  description: malformed,
  example: refusal(newCorrectionBody, {
    storeId: 's1',
    from: '2026-10-05T11:30:00Z',
    to: '2026-10-05T09:00:00Z',
    kind: 'closed',
    reason: 'flood',
  }),
}

export const malformedCorrectionId: RestResponse = {
  description: malformed,
  example: refusal(correctionPath, { correction_id: '0' }),
}

export const malformedRetention: RestResponse = {
  description: malformed,
  example: refusal(retentionInput, { dryRun: 'yes' }),
}

export const malformedDeletion: RestResponse = {
  description: malformed,
  example: refusal(deletePollsQuery, {
    from: '2026-10-05T09:00:00Z',
    to: '2026-10-05T11:30:00Z',
    reason: 'the poller was broken',
  }),
}

export const otherThanConfirmed: RestResponse = {
  description: 'There are other polls than were confirmed, or they are gone already',
  example: otherPolls(1441, 1440),
}

export const malformedTotals: RestResponse = {
  description: malformed,
  example: refusal(totalsQuery, { store_id: ['a', 'b'] }),
}

export const malformedGroups: RestResponse = {
  description: malformed,
  example: refusal(groupsQuery, {}),
}

export const malformedVerification: RestResponse = {
  description: malformed,
  example: refusal(verifyQuery, { stores: 'some' }),
}

export const unknownReportOrStore: RestResponse = {
  description: 'There is no such report, or no such store',
  example: new NoSuchStore(storeId.parse('chicago-loop-01')),
}

export const malformedFilter: RestResponse = {
  description: malformed,
  example: refusal(summaryQuery, { uptime_from: '90', uptime_to: '80' }),
}

export const malformedStrips: RestResponse = {
  description: malformed,
  example: refusal(stripsQuery, {}),
}

export const malformedSuggest: RestResponse = {
  description: malformed,
  example: refusal(suggestQuery, { text: 'chicago', limit: '0' }),
}

export const unknownStore: RestResponse = {
  description: 'There is no such store',
  example: new NoSuchStore(storeId.parse('chicago-loop-01')),
}

export const unknownCorrection: RestResponse = {
  description: 'There is no such correction',
  example: noSuchCorrection(7),
}

export const emptyFile: RestResponse = {
  description: 'The file is of no known kind, or is empty',
  example: emptyUpload(),
}

export const tooLargeUpload: RestResponse = {
  description: 'The file is too large, or unpacks to too much',
  example: largeUpload(usualLimits.uploadBytes),
}

export const tooManyUploads: RestResponse = {
  description: 'Too many are uploaded at once: `Retry-After` says when to try again',
  example: overLimit(
    'uploads',
    'there are 100 files that are uploaded and imported at once, and no more are taken',
  ),
}

export const tooManyReports: RestResponse = {
  description: 'Too many wait or are computed: `Retry-After` says when to try again',
  example: overLimit(
    'reports',
    'there are 10000 reports that wait or are computed at once, and no more are taken',
  ),
}

export const tooLarge: RestResponse = {
  description: 'The body, or a text in it, is too large',
  example: bodyTooLarge(),
}

export const noPolls: RestResponse = {
  description: 'There are no polls to report on',
  example: nothingToReportOn(),
}

export const notComplete: RestResponse = {
  description: 'The report is not complete',
  example: hasNoFile(exampleReportId, 'running'),
}

export const unknownReport: RestResponse = {
  description: 'There is no such report',
  example: noSuchReport(exampleReportId),
}

export const unknownImport: RestResponse = {
  description: 'There is no such import',
  example: noSuchImport(7),
}

export const importIsOver: RestResponse = {
  description: 'The import has ended',
  example: importHasEnded(7, 'complete'),
}

/** What a schema says of a value that it does not take. */
function refusal(schema: z.ZodType, value: unknown): AppError {
  return appErrorOf(schema.safeParse(value).error)
}
