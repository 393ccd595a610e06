import * as z from 'zod'
import { AppError } from '../../../shared/app-error.ts'
import {
  pullOptions,
  pullResult,
  source,
  sourceList,
  triedSource,
  tryOptions,
} from '../../../shared/source.ts'
import type { ApiParts } from '../api-parts.ts'
import { noSuch } from '../../named-settings.ts'
import { tooLarge } from './error-responses.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'
import { importResult } from './import-schemas.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })
const path = z.object({
  name: z
    .string()
    .min(1)
    .describe('The name of the source')
    .meta({ examples: ['platform'] }),
})

const sourceBody = source.meta({ id: 'Source' })
const listBody = sourceList
  .extend({
    items: z
      .array(sourceBody)
      .describe('In the order of the configuration file; last those that it has no more'),
  })
  .meta({ id: 'SourceList', description: 'What is pulled by a schedule' })
const resultBody = pullResult
  .extend({
    source: sourceBody,
    import: importResult.nullable().describe('The record of its import; null where there was nothing else'),
  })
  .meta({ id: 'PullResult', description: 'What a pull brought' })
const triedBody = triedSource.meta({
  id: 'TriedSource',
  description: 'What would be taken of an answer; nothing is stored',
})

const unknownSource: RestResponse = {
  description: 'There is no such source; `detail` says which there are',
  example: noSuch('source', 'platform', ['orders']),
}
const cannotBeHad: RestResponse = {
  description: 'What it answers cannot be taken; `detail` says why',
  example: new AppError('invalid', 'platform.example.org answers 401: are its headers right?'),
}
const isPulled: RestResponse = {
  description: 'Another pulls it just now',
  example: new AppError('conflict', 'source "platform" is being pulled: wait until that is over'),
}

/** The operations on what is pulled. */
export function sourceRoutes(parts: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'listSources',
      needs: 'sources:read',
      method: 'get',
      paths: ['/sources'],
      tag: 'Sources',
      summary: 'What the server pulls by a schedule, what became of it, and when it is next',
      responses: { 200: { description: 'The sources', content: json(listBody) } },
      handle: async (_, context) => context.json({ items: await (await parts.sources()).list() }),
    }),
    defineRoute({
      id: 'pullSource',
      needs: 'sources:run',
      method: 'post',
      paths: ['/sources/{name}/pull'],
      tag: 'Sources',
      summary: 'Pull a source now',
      description:
        'The answer comes when what it brought is imported. What was imported last is not imported again, unless `again` says so.',
      path,
      body: pullOptions.prefault({}),
      responses: {
        200: { description: 'What it brought', content: json(resultBody) },
        400: cannotBeHad,
        404: unknownSource,
        409: isPulled,
        413: tooLarge,
      },
      handle: async ({ path: { name }, body }, context) =>
        context.json(await (await parts.sources()).pull(name, body)),
    }),
    defineRoute({
      id: 'trySource',
      needs: 'sources:run',
      method: 'post',
      paths: ['/sources/{name}/try'],
      tag: 'Sources',
      summary: 'What would be taken of a source, or of an answer that is given; nothing is stored',
      path,
      body: tryOptions.prefault({}),
      responses: {
        200: { description: 'What would be taken', content: json(triedBody) },
        400: cannotBeHad,
        404: unknownSource,
        413: tooLarge,
      },
      handle: async ({ path: { name }, body: { answer } }, context) =>
        context.json(await (await parts.sources()).try(name, answer)),
    }),
  ]
}
