/** Calls of procedures, alone and in batches. */
import fc from 'fast-check'
import * as z from 'zod'
import { appRouter } from '../../server/api/router.ts'
import { hostileText } from './hostile.ts'
import type { FuzzRequest } from './rest-requests.ts'
import type { JsonSchema, SchemaValues } from './schema-values.ts'

export interface FuzzedProcedure {
  readonly path: string
  readonly type: 'query' | 'mutation' | 'subscription'
  /** Of what it takes; undefined where that is nothing. */
  readonly input: JsonSchema | undefined
}

interface RouterDefinition {
  readonly procedures: Readonly<
    Record<
      string,
      { readonly _def: { readonly type: FuzzedProcedure['type']; readonly inputs: readonly z.ZodType[] } }
    >
  >
  readonly lazy: Readonly<Record<string, { load(): Promise<unknown> }>>
}

export async function allProcedures(): Promise<FuzzedProcedure[]> {
  const { procedures, lazy } = appRouter['_def'] as unknown as RouterDefinition
  await Promise.all(Object.values(lazy).map(({ load }) => load()))
  return Object.entries(procedures).map(([path, { _def }]) => {
    const [parser] = _def.inputs
    return { path, type: _def.type, input: parser && inputSchema(parser) }
  })
}

function inputSchema(parser: z.ZodType): JsonSchema {
  return z.toJSONSchema(parser, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema
}

interface Call {
  readonly path: string
  readonly input: unknown
}

export function trpcRequests(
  procedures: readonly FuzzedProcedure[],
  values: SchemaValues,
): fc.Arbitrary<FuzzRequest> {
  const callsOf = (type: FuzzedProcedure['type']) =>
    fc.oneof(
      ...procedures
        .filter((procedure) => procedure.type === type)
        .map(({ path, input }) =>
          (input === undefined ? fc.constant(undefined) : values.of(input, '')).map((value): Call => ({
            path,
            input: value,
          })),
        ),
    )
  const unknownCall = hostileText.map((path): Call => ({
    path: encodeURIComponent(path.toWellFormed()),
    input: {},
  }))
  const few = fc.array(callsOf('query'), { minLength: 1, maxLength: 4 })
  // Also more than a batch may have.
  const many = fc.array(callsOf('query'), { minLength: 5, maxLength: 22 })
  return fc.oneof(
    { arbitrary: callsOf('query').map(asQuery), weight: 6 },
    { arbitrary: callsOf('mutation').map(asMutation), weight: 4 },
    { arbitrary: callsOf('subscription').map(asQuery), weight: 1 },
    {
      arbitrary: fc.oneof({ arbitrary: few, weight: 9 }, { arbitrary: many, weight: 1 }).map(asBatch),
      weight: 2,
    },
    {
      arbitrary: fc.array(callsOf('mutation'), { minLength: 1, maxLength: 4 }).map(asBatchOfMutations),
      weight: 1,
    },
    { arbitrary: unknownCall.map(asQuery), weight: 1 },
    {
      arbitrary: fc.tuple(callsOf('query'), hostileText).map(([call, input]) => withRawInput(call, input)),
      weight: 1,
    },
    { arbitrary: callsOf('query').map(asMutation), weight: 1 },
  )
}

const asJson = { 'content-type': 'application/json' }

function inputText(input: unknown): string {
  return encodeURIComponent((JSON.stringify(input) ?? '').toWellFormed())
}

function asQuery({ path, input }: Call): FuzzRequest {
  const query = input === undefined ? '' : `?input=${inputText(input)}`
  return { method: 'GET', path: `/trpc/${path}${query}`, headers: {}, meant: path }
}

function asMutation({ path, input }: Call): FuzzRequest {
  return { method: 'POST', path: `/trpc/${path}`, headers: asJson, body: JSON.stringify(input), meant: path }
}

function asBatch(calls: readonly Call[]): FuzzRequest {
  const path = calls.map((call) => call.path).join(',')
  const input = inputText(Object.fromEntries(calls.map((call, i) => [i, call.input])))
  return { method: 'GET', path: `/trpc/${path}?batch=1&input=${input}`, headers: {}, meant: path }
}

function asBatchOfMutations(calls: readonly Call[]): FuzzRequest {
  const path = calls.map((call) => call.path).join(',')
  const body = JSON.stringify(Object.fromEntries(calls.map((call, i) => [i, call.input])))
  return { method: 'POST', path: `/trpc/${path}?batch=1`, headers: asJson, body, meant: path }
}

function withRawInput({ path }: Call, text: string): FuzzRequest {
  return {
    method: 'GET',
    path: `/trpc/${path}?input=${encodeURIComponent(text.toWellFormed())}`,
    headers: {},
    meant: path,
  }
}
