/** Values of a JSON schema: right ones, nearly right ones, and hostile ones. */
import fc from 'fast-check'
import { hostileValue } from './hostile.ts'
import type { Known } from './known.ts'

export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly examples?: readonly unknown[]
  readonly default?: unknown
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
}

export interface SchemaValues {
  /** Mostly right, as the value of a field of that name. */
  of(schema: JsonSchema, field: string): fc.Arbitrary<unknown>
}

export function schemaValues(known: Known, resolve: (ref: string) => JsonSchema): SchemaValues {
  function of(schema: JsonSchema, field: string): fc.Arbitrary<unknown> {
    const ways = [
      { arbitrary: right(schema, field), weight: 40 },
      { arbitrary: near(schema), weight: 2 },
      { arbitrary: hostileValue, weight: 1 },
    ]
    const there = known.valueOf(field)
    return fc.oneof(...ways, ...(there ? [{ arbitrary: there, weight: 150 }] : []))
  }

  function right(schema: JsonSchema, field: string): fc.Arbitrary<unknown> {
    if (schema.$ref !== undefined) return right(resolve(schema.$ref), field)
    const { examples = [], enum: values } = schema
    const said = [...examples, ...(schema.default === undefined ? [] : [schema.default])]
    if (schema.const !== undefined) return fc.constant(schema.const)
    if (values !== undefined) return fc.constantFrom(...values)
    const made = ofType(schema, field)
    return said.length === 0 ? made : fc.oneof(fc.constantFrom(...said), made)
  }

  function ofType(schema: JsonSchema, field: string): fc.Arbitrary<unknown> {
    const either = schema.anyOf ?? schema.oneOf
    if (either !== undefined) return fc.oneof(...either.map((one) => right(one, field)))
    if (schema.allOf?.[0] !== undefined) return right(schema.allOf[0], field)
    const [type] = [schema.type].flat()
    switch (type) {
      case 'string':
        return textOf(schema)
      case 'integer':
        return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 100, 1000) })
      case 'number':
        return fc.double({ min: schema.minimum ?? -10, max: schema.maximum ?? 1000, noNaN: true })
      case 'boolean':
        return fc.boolean()
      case 'null':
        return fc.constant(null)
      case 'array':
        return fc.array(of(schema.items ?? {}, field), {
          minLength: schema.minItems ?? 0,
          maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? 4, 4)),
        })
      case 'object':
        return objectOf(schema)
      case undefined:
      default:
        return fc.jsonValue({ maxDepth: 2 })
    }
  }

  function objectOf({ properties = {}, required = [], additionalProperties }: JsonSchema) {
    const fields = Object.entries(properties).map(([name, schema]) => {
      const isRequired = required.includes(name)
      const value = of(schema, name)
      return [name, maybe(value, isRequired ? 97 : 30)] as const
    })
    const object = fc.record(Object.fromEntries(fields))
    const others = typeof additionalProperties === 'object' ? of(additionalProperties, '') : hostileValue
    const isOpen = typeof additionalProperties === 'object'
    const further = fc.dictionary(fc.string({ maxLength: 12 }), others, { maxKeys: 2 })
    return fc
      .tuple(object, maybe(further, isOpen ? 80 : 50), fc.nat(20))
      .map(([own, more = {}, roll]) => (isOpen || roll === 0 ? { ...more, ...own } : own))
  }

  return { of }
}

/** There so many times of a hundred. */
export function maybe<Value>(value: fc.Arbitrary<Value>, percent: number): fc.Arbitrary<Value | undefined> {
  return fc.tuple(fc.nat(99), value).map(([roll, one]) => (roll < percent ? one : undefined))
}

function textOf({ pattern, minLength = 0, maxLength = 60, format }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid()
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  if (pattern !== undefined) {
    try {
      return fc.stringMatching(new RegExp(pattern), { maxLength: Math.max(20, Math.min(maxLength, 200)) })
    } catch {
      // It has what cannot be made up.
    }
  }
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 60)) })
}

/** What just misses a schema. */
function near(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { minimum = 0, maximum = 1000, maxLength = 100 } = schema
  const spellings = [...(schema.enum ?? []), ...(schema.examples ?? [])].map(
    (value) => ` ${String(value).toUpperCase()}`,
  )
  return fc.constantFrom<unknown>(
    minimum - 1,
    maximum + 1,
    minimum + 0.5,
    'x'.repeat(maxLength + 1),
    '',
    ' ',
    null,
    [],
    {},
    [[]],
    String(maximum),
    true,
    ...spellings,
  )
}
