import * as z from 'zod'
import { AppError } from '../../../shared/app-error.ts'
import { digest, digestContent, digestList, digestPreview, previewOptions } from '../../../shared/digest.ts'
import { noSuch } from '../../named-settings.ts'
import type { ApiParts } from '../api-parts.ts'
import { tooManyReports } from './error-responses.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })

const listBody = digestList
  .extend({
    items: z
      .array(digest.meta({ id: 'Digest' }))
      .describe('In the order of the configuration file; last those that it has no more'),
  })
  .meta({ id: 'DigestList', description: 'What is told of each day or week' })
const previewBody = digestPreview.extend({ content: digestContent.meta({ id: 'DigestContent' }) }).meta({
  id: 'DigestPreview',
  description: 'What a digest would tell; nothing is sent, and no report is kept',
})

const path = z.object({
  name: z
    .string()
    .min(1)
    .describe('The name of the digest')
    .meta({ examples: ['owners-of-soup'] }),
})

const unknownDigest: RestResponse = {
  description: 'There is no such digest; `detail` says which there are',
  example: noSuch('digest', 'owners-of-soup', ['all-stores']),
}
const isNotOver: RestResponse = {
  description: 'The date is none, or its period is not over yet',
  example: new AppError(
    'invalid',
    'date "2026-10-05": the day 2026-10-05 is not over in Europe/Berlin: write one up to 2026-10-04',
  ),
}

/** The operations on what is told of each day or week. */
export function digestRoutes(parts: ApiParts): RestRoute[] {
  return [
    defineRoute({
      id: 'listDigests',
      needs: 'alerts:read',
      method: 'get',
      paths: ['/digests'],
      tag: 'Alerts',
      summary: 'What is told of each day or week, what was told last, and when it is next',
      responses: { 200: { description: 'The digests', content: json(listBody) } },
      handle: async (_, context) => context.json({ items: await (await parts.digests()).list() }),
    }),
    defineRoute({
      id: 'previewDigest',
      needs: 'reports:request',
      method: 'get',
      changesByGet: true,
      paths: ['/digests/{name}/preview'],
      tag: 'Alerts',
      summary: 'What a digest would tell now of a day or a week; nothing is sent',
      description: 'It computes the report of that time, which is not kept. HEAD computes nothing.',
      path,
      query: previewOptions,
      responses: {
        200: { description: 'What it would tell', content: json(previewBody) },
        400: isNotOver,
        404: unknownDigest,
        429: tooManyReports,
      },
      async handle({ path: { name }, query }, context) {
        context.header('cache-control', 'no-store')
        const digests = await parts.digests()
        const asked = { name, ...query }
        if (context.req.method !== 'HEAD') return context.json(await digests.preview(asked))
        digests.checkPreview(asked)
        return context.body(null)
      },
    }),
  ]
}
