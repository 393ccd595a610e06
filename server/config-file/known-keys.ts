import * as z from 'zod'
import { editDistance } from '../../shared/edit-distance.ts'

interface JsonSchema {
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly propertyNames?: { readonly enum?: readonly string[] }
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

/** The keys that a schema knows at a place of a value: of several kinds, those of what is written there. */
export function knownKeysAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  let there = [
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema,
  ]
  let written = value
  for (const key of path) {
    there = there.flatMap(alternatives).flatMap((one) => childOf(one, key) ?? [])
    written = (written as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key]
  }
  const keys = there
    .flatMap(alternatives)
    .filter((one) => mayBe(one, written))
    .flatMap(({ properties, propertyNames }) => [
      ...Object.keys(properties ?? {}),
      ...(propertyNames?.enum ?? []),
    ])
  return [...new Set(keys)]
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const { anyOf = [], oneOf = [] } = schema
  return [schema, ...[...anyOf, ...oneOf].flatMap(alternatives)]
}

/** Whether a schema is of the kind that is written, such as the type of a channel. */
function mayBe({ properties = {} }: JsonSchema, written: unknown): boolean {
  const given = (written ?? {}) as Readonly<Record<string, unknown>>
  return Object.entries(properties).every(([key, one]) => one.const === undefined || one.const === given[key])
}

function childOf({ properties, additionalProperties, items }: JsonSchema, key: PropertyKey) {
  if (typeof key === 'number') return items
  const others = typeof additionalProperties === 'object' ? additionalProperties : undefined
  return properties?.[String(key)] ?? others
}

/** The key that was probably meant; undefined where none is like it. */
export function nearestKey(written: string, known: readonly string[]): string | undefined {
  const plain = (key: string) => key.toLowerCase().replaceAll(/[_-]/g, '')
  const text = plain(written)
  const most = Math.max(1, Math.floor(text.length / 3))
  const byDistance = known
    .map((key) => ({ key, distance: distanceOf(text, plain(key), most) }))
    .filter(({ distance }) => distance !== undefined)
    .sort((a, b) => a.distance! - b.distance!)
  return byDistance[0]?.key
}

function distanceOf(written: string, key: string, most: number): number | undefined {
  const isCut = written.length >= 3 && (key.startsWith(written) || written.startsWith(key))
  return editDistance(written, key, most) ?? (isCut ? most + 1 : undefined)
}
