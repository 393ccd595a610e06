import * as z from 'zod'
import {
  accessKey,
  createdKey,
  keyListInput,
  keyName,
  keyPage,
  newKeyInput,
  revokeKeyInput,
} from '../../../shared/access-key.ts'
import { AppError } from '../../../shared/app-error.ts'
import { listAccessKeys, noSuchKey } from '../../database/access-keys.ts'
import type { ApiParts } from '../api-parts.ts'
import { createKey, revokeKey } from '../keys.ts'
import { malformedPage, tooLarge } from './error-responses.ts'
import { defineRoute, type RestResponse, type RestRoute } from './route.ts'
import { pageQuery } from './schemas.ts'

const json = (schema: z.ZodType) => ({ 'application/json': schema })

const keyBody = accessKey.meta({ id: 'AccessKey' })
const createdBody = createdKey.meta({ id: 'CreatedKey' })
const listBody = keyPage
  .extend({ items: z.array(keyBody).describe('What the page has') })
  .meta({ id: 'AccessKeyList', description: 'Keys, newest first' })
const newBody = newKeyInput.meta({
  id: 'NewAccessKey',
  description: 'A key that is to be made',
  examples: [
    { name: 'soup-owners', role: 'viewer', labels: ['chain=Soup'], expires: '2027-01-01T00:00:00Z' },
  ],
})
const listQuery = pageQuery.extend({ state: keyListInput.shape.state })
const path = z.object({ name: keyName })
const revocationQuery = z.object({ by: revokeKeyInput.shape.by, reason: revokeKeyInput.shape.reason })

const malformedKey: RestResponse = {
  description: 'The request is malformed; `detail` says what is wrong',
  example: new AppError('invalid', 'name: a name has at most 50 letters, digits, ".", "_", "@" and "-"'),
}
const nameTaken: RestResponse = {
  description: 'There is a key of that name',
  example: new AppError(
    'conflict',
    'there is a key "poller-1": choose another name, or revoke that one first ("store-monitor keys revoke poller-1")',
  ),
}

/** The operations on keys. */
export function keyRoutes(parts: ApiParts): RestRoute[] {
  const { db, now } = parts
  return [
    defineRoute({
      id: 'listKeys',
      needs: 'keys:manage',
      method: 'get',
      paths: ['/keys'],
      tag: 'Service',
      summary: 'Keys of those who call the server, newest first, a page at a time; never the keys themselves',
      query: listQuery,
      responses: { 200: { description: 'A page of keys', content: json(listBody) }, 400: malformedPage },
      handle: async ({ query }, context) => context.json(await listAccessKeys(db, query, now())),
    }),
    defineRoute({
      id: 'createKey',
      needs: 'keys:manage',
      method: 'post',
      paths: ['/keys'],
      tag: 'Service',
      summary: 'Make a key',
      description:
        'The answer has the key itself, this once: what is kept is its hash. As soon as there is a key, each request needs one, sent as `Authorization: Bearer`.',
      body: newBody,
      responses: {
        200: { description: 'The key', content: json(createdBody) },
        400: malformedKey,
        409: nameTaken,
        413: tooLarge,
      },
      async handle({ body }, context) {
        context.header('cache-control', 'no-store')
        return context.json(await createKey(parts, context.get('principal'), body))
      },
    }),
    defineRoute({
      id: 'revokeKey',
      needs: 'keys:manage',
      method: 'delete',
      paths: ['/keys/{name}'],
      tag: 'Service',
      summary: 'Revoke a key',
      description:
        'It is taken no more, by no server on the database, within a second; its record stays. The last key that manages keys is revoked only where the database is.',
      path,
      query: revocationQuery,
      responses: {
        200: { description: 'The key, revoked', content: json(keyBody) },
        400: malformedKey,
        404: {
          description: 'There is no such key, or it was revoked before',
          example: noSuchKey('poller-1'),
        },
        409: {
          description: 'It is the last one that manages keys',
          example: new AppError('conflict', '"ann" is the last key that manages keys'),
        },
      },
      handle: async ({ path: { name }, query }, context) =>
        context.json(await revokeKey(parts, context.get('principal'), { name, ...query })),
    }),
  ]
}
