import type * as z from 'zod'
import { mediaTypes } from '../../../shared/report-file.ts'
import { listImportStores } from '../../database/import-stores.ts'
import { getImport, listImports } from '../../database/imports.ts'
import { listRejectedRows } from '../../database/rejected-rows.ts'
import { getRejectedSummary, listRejectedStores } from '../../database/rejected-summary.ts'
import { listTakenFiles } from '../../database/watched-files.ts'
import { authorOf } from '../../access/principal.ts'
import type { ApiParts } from '../api-parts.ts'
import { bodyOf } from '../body-silence.ts'
import { baseUrl } from './base-url.ts'
import { callerOf } from './caller.ts'
import {
  emptyFile,
  importIsOver,
  malformedImportId,
  malformedPage,
  tooLargeUpload,
  tooManyUploads,
  unknownImport,
  unknownStore,
} from './error-responses.ts'
import {
  importList,
  importListQuery,
  touchedStoreList,
  watchedList,
  watchedQuery,
  importPath,
  importResult,
  rejectedRowList,
  rejectedStoreList,
  rejectedSummaryBody,
  uploadHeaders,
  uploadQuery,
} from './import-schemas.ts'
import { defineRoute, type RestRoute } from './route.ts'
import { pageQuery } from './schemas.ts'
import { receiveImport } from './upload.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })
/** The operations on imports. */
export function importRoutes(parts: ApiParts): RestRoute[] {
  const { db } = parts
  return [
    defineRoute({
      id: 'importFile',
      needs: 'imports:write',
      method: 'post',
      paths: ['/imports'],
      tag: 'Imports',
      summary:
        'Import a CSV file: polls, hours, timezones, special hours, corrections, store details, orders or revenue, told apart by its header',
      description:
        'The file is the body (`curl --data-binary @FILE`). The answer comes when the import is complete; to a caller that accepts application/x-ndjson, with a line for each progress before it. With `Prefer: respond-async` it comes as soon as the file is kept in the database: then it is imported whatever becomes of the server that took it, and `Location` is where its record is; application/x-ndjson begins with that record.',
      query: uploadQuery,
      headers: uploadHeaders,
      body: null,
      responses: {
        200: {
          description: 'The record of the import',
          content: { ...json(importResult), 'application/x-ndjson': null },
        },
        202: {
          description: 'To who prefers it: the record of the import, which goes on',
          content: { ...json(importResult), 'application/x-ndjson': null },
          headers: {
            Location: 'Where the record of the import is',
            'Preference-Applied': '`respond-async`',
          },
        },
        400: emptyFile,
        413: tooLargeUpload,
        429: tooManyUploads,
      },
      handle: ({ query, headers }, context) =>
        receiveImport(parts, {
          placeOfKept: headers.prefer?.isAsync
            ? (importId) => new URL(`/imports/${importId}`, baseUrl(parts, context)).href
            : undefined,
          body: bodyOf(context, parts.limits.bodySilence),
          isStreamWanted: context.req.header('accept')?.includes(mediaTypes.ndjson) ?? false,
          source: query.source,
          maxRejected: query.max_rejected,
          columnMap: query.map,
          by: authorOf(context.get('principal'), null),
          caller: callerOf(context),
        }),
    }),
    defineRoute({
      id: 'listImports',
      needs: 'imports:read',
      method: 'get',
      paths: ['/imports'],
      tag: 'Imports',
      summary: 'Imports, newest first, a page at a time',
      description:
        'With `store_id`, those that changed something of a store; `importsNotRecorded` says how many of before may have, too.',
      query: importListQuery,
      responses: {
        200: { description: 'A page of imports', content: json(importList) },
        400: malformedPage,
        404: unknownStore,
      },
      handle: async ({ query: { store_id: storeId, ...query } }, context) =>
        context.json(await listImports(db, { ...query, storeId })),
    }),
    defineRoute({
      id: 'listWatched',
      needs: 'imports:read',
      method: 'get',
      paths: ['/imports/watched'], // before the imports whose numbers would take it for one
      tag: 'Imports',
      summary: 'What became of the files of watched folders, a page at a time, and how the folders are',
      query: watchedQuery,
      responses: {
        200: { description: 'A page of files, and the folders', content: json(watchedList) },
        400: malformedPage,
      },
      async handle({ query }, context) {
        const folders = [...parts.watchedFolders()]
        return context.json({ ...(await listTakenFiles(db, query)), folders })
      },
    }),
    defineRoute({
      id: 'getImport',
      needs: 'imports:read',
      method: 'get',
      paths: ['/imports/{import_id}'],
      tag: 'Imports',
      summary: 'The record of an import',
      path: importPath,
      responses: {
        200: { description: 'The import', content: json(importResult) },
        400: malformedImportId,
        404: unknownImport,
      },
      handle: async ({ path }, context) => context.json(await getImport(db, path.import_id)),
    }),
    defineRoute({
      id: 'cancelImport',
      needs: 'imports:write',
      method: 'post',
      paths: ['/imports/{import_id}/cancel'],
      tag: 'Imports',
      summary: 'Cancel a running import',
      description:
        'Wherever it runs. What has not gone in does not; of a file of more than 8 million rows, what has gone in stays, as rowsAccepted says. Cancelling it again changes nothing.',
      path: importPath,
      responses: {
        200: { description: 'The import, cancelled', content: json(importResult) },
        400: malformedImportId,
        404: unknownImport,
        409: importIsOver,
      },
      handle: async ({ path }, context) => context.json(await parts.cancelImport(path.import_id)),
    }),
    defineRoute({
      id: 'listImportStores',
      needs: 'imports:read',
      method: 'get',
      paths: ['/imports/{import_id}/stores'],
      tag: 'Imports',
      summary: 'The stores of which an import changed something, a page at a time',
      description:
        'Also those that were deleted since. Of a running import, those of what has gone in so far.',
      path: importPath,
      query: pageQuery,
      responses: {
        200: { description: 'A page of stores', content: json(touchedStoreList) },
        400: malformedImportId,
        404: unknownImport,
      },
      handle: async ({ path, query }, context) =>
        context.json(await listImportStores(db, { ...query, importId: path.import_id })),
    }),
    defineRoute({
      id: 'listRejectedRows',
      needs: 'imports:read',
      method: 'get',
      paths: ['/imports/{import_id}/rejected'],
      tag: 'Imports',
      summary: 'The rows of an import that were not taken, and why, a page at a time',
      path: importPath,
      query: pageQuery,
      responses: {
        200: { description: 'A page of rows', content: json(rejectedRowList) },
        400: malformedImportId,
        404: unknownImport,
      },
      async handle({ path, query }, context) {
        await getImport(db, path.import_id)
        return context.json(await listRejectedRows(db, { ...query, importId: path.import_id }))
      },
    }),
    defineRoute({
      id: 'getRejectedSummary',
      needs: 'imports:read',
      method: 'get',
      paths: ['/imports/{import_id}/rejected/summary'],
      tag: 'Imports',
      summary: 'All rows of an import that were not taken, counted by reason',
      path: importPath,
      responses: {
        200: { description: 'The reasons, the most frequent first', content: json(rejectedSummaryBody) },
        400: malformedImportId,
        404: unknownImport,
      },
      handle: async ({ path }, context) => context.json(await getRejectedSummary(db, path.import_id)),
    }),
    defineRoute({
      id: 'listRejectedStores',
      needs: 'imports:read',
      method: 'get',
      paths: ['/imports/{import_id}/rejected/stores'],
      tag: 'Imports',
      summary: 'The stores that rows of an import name which were not taken, a page at a time',
      path: importPath,
      query: pageQuery,
      responses: {
        200: { description: 'A page of stores', content: json(rejectedStoreList) },
        400: malformedImportId,
        404: unknownImport,
      },
      handle: async ({ path, query }, context) =>
        context.json(await listRejectedStores(db, { ...query, importId: path.import_id })),
    }),
  ]
}
