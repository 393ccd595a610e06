/** Keys of groups are kept to them by fields: of each route and procedure, by all that name stores, reports, corrections or groups. */
import { expect, test } from 'vitest'
import * as z from 'zod'
import { loadProcedures } from '../../build/procedures.ts'
import type { KeepsBy } from '../../server/access/keep-to-groups.ts'
import type { ApiParts } from '../../server/api/api-parts.ts'
import type { ProcedureMeta } from '../../server/api/procedure.ts'
import { noBody } from '../../server/api/rest/route.ts'
import { restRoutes } from '../../server/api/rest/routes.ts'

/** Which ways of keeping look at a field. In a report that is of the groups, whatever is asked for is. */
const looksAt: Readonly<Record<string, readonly KeepsBy[]>> = {
  storeId: ['storeId', 'store or labels', 'reportId'],
  store_id: ['storeId', 'storeIds', 'store or labels', 'reportId'],
  storeIds: ['storeIds'],
  reportId: ['reportId'],
  report_id: ['reportId'],
  compareWith: ['reportId'],
  compare_with: ['reportId'],
  correctionId: ['correctionId'],
  correction_id: ['correctionId'],
  labels: ['labels', 'store or labels', 'no labels', 'reportId'],
  all: ['store or labels'],
}
/** `corrections` says whether they count. */
const namesSome = /store|report|compare|correction(?!s$)|label|group|^all$/i
/** Without such a field it would be about all: it has to be there, where it is not added. */
const needed: Readonly<Partial<Record<KeepsBy, RegExp>>> = {
  storeId: /^store_?id$/i,
  storeIds: /^store_?ids?$/i,
  reportId: /^report_?id$/i,
  correctionId: /^correction_?id$/i,
}

interface Field {
  readonly name: string
  readonly isRequired: boolean
  readonly isText: boolean
}

function fieldsOf(schema: z.ZodType): Field[] {
  const given = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const { properties = {}, required = [] } = wholeOf(given, given.$defs)
  return Object.entries(properties).map(([name, property]) => ({
    name,
    isRequired: required.includes(name),
    isText: typeof property === 'object' && property.type === 'string',
  }))
}

type Schema = z.core.JSONSchema.JSONSchema

/** A schema with a name stands elsewhere. */
function wholeOf(schema: Schema, named: Readonly<Record<string, Schema>> = {}): Schema {
  const [, name] = /^#\/\$defs\/(.+)$/.exec(schema.$ref ?? '') ?? []
  return name === undefined ? schema : named[name]!
}

/** What is wrong with an operation, in words. */
function violations(keepsBy: readonly KeepsBy[] | undefined, fields: readonly Field[]): string[] {
  if (keepsBy === undefined || keepsBy.includes('itself')) return []
  const has = (name: RegExp) => fields.some((field) => name.test(field.name) && field.isRequired)
  const addsLabels = keepsBy.includes('labels')
  return [
    ...fields
      .filter(({ name }) => namesSome.test(name) && !looksAt[name]?.some((by) => keepsBy.includes(by)))
      .map(({ name }) => `${name} is not looked at`),
    ...fields
      .filter(({ name, isText }) => /^store_?id$/i.test(name) && keepsBy.includes('storeId') && !isText)
      .map(({ name }) => `${name} may be several`),
    ...keepsBy
      .filter((by) => needed[by] !== undefined && !has(needed[by]) && !addsLabels)
      .map((by) => `${by} may be left out`),
    ...(addsLabels && !fields.some(({ name }) => name === 'labels') ? ['labels are not taken'] : []),
  ]
}

test('procedures look at each field that names what is of groups', async () => {
  const wrong: unknown[] = []
  for (const [path, procedure] of Object.entries(await loadProcedures())) {
    const { inputs, meta } = procedure['_def'] as unknown as { inputs: z.ZodType[]; meta: ProcedureMeta }
    wrong.push(...violations(meta.keepsBy, inputs.flatMap(fieldsOf)).map((what) => `${path}: ${what}`))
  }
  expect(wrong).toEqual([])
})

test('routes do, in the path and in the body, or in the query where there is no body', () => {
  const wrong = restRoutes({ getReportAs: 'json' } as ApiParts).flatMap((route) => {
    const inPath = fieldsOf(route.path).filter(({ name }) => route.paths[0].includes(`{${name}}`))
    const inQuery = fieldsOf(route.query)
    const hasBody = route.body !== null && route.body !== noBody
    const unseen = hasBody && route.keepsBy ? inQuery.filter(({ name }) => namesSome.test(name)) : []
    return [
      ...violations(route.keepsBy, [...inPath, ...(hasBody ? fieldsOf(route.body) : inQuery)]),
      ...unseen.map(({ name }) => `${name} is in the query beside a body`),
    ].map((what) => `${route.id}: ${what}`)
  })
  expect(wrong).toEqual([])
})

test('an operation that does not is found', () => {
  const storeId = z.string()
  const found = (keepsBy: readonly KeepsBy[], shape: z.ZodRawShape) =>
    violations(keepsBy, fieldsOf(z.object(shape)))
  expect(found(['storeId'], { storeId })).toEqual([])
  expect(found(['storeId'], { storeId: storeId.optional() })).toEqual(['storeId may be left out'])
  expect(found(['storeId'], { storeId, others: z.string(), otherStore: storeId })).toEqual([
    'otherStore is not looked at',
  ])
  expect(found(['storeId'], { storeId: z.array(storeId) })).toEqual(['storeId may be several'])
  expect(found(['labels'], { group: z.string() })).toEqual(['group is not looked at', 'labels are not taken'])
  expect(found(['reportId'], { report_id: z.string(), correction_id: z.int() })).toEqual([
    'correction_id is not looked at',
  ])
})
