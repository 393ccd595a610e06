import * as z from 'zod'
import { editDistance } from '../../shared/edit-distance.ts'

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly propertyNames?: { readonly enum?: readonly string[] }
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

/** The keys that a schema knows at a place. */
export function knownKeysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let there = [
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema,
  ]
  for (const key of path) there = there.flatMap(alternatives).flatMap((one) => childOf(one, key) ?? [])
  const keys = there
    .flatMap(alternatives)
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
