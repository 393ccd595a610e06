/** What the fields of the client's inputs and outputs mean, as the schemas say it. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as z from 'zod'
import { pageOf } from '../shared/page.ts'
import { loadProcedures } from './procedures.ts'

/** What each field of an object means, by the names of its fields. */
export class Descriptions {
  readonly #found = new Map<string, Map<string, string>>()

  /** What the schemas say; where two objects have the same fields, the one that is in a field of the same name counts. */
  constructor(schemas: Iterable<z.ZodType>) {
    for (const schema of schemas) this.#collect(schema, '')
  }

  /** Those of an object that is the value of `field`. */
  of(field: string, names: readonly string[]): ReadonlyMap<string, string> | undefined {
    return this.#found.get(keyOf(field, names)) ?? this.#found.get(keyOf('', names))
  }

  #collect(schema: z.ZodType, field: string): void {
    if (schema instanceof z.ZodObject) {
      const shape = Object.entries<z.ZodType>(schema.shape)
      const names = shape.map(([name]) => name)
      const texts = new Map(shape.map(([name, value]) => [name, descriptionOf(value) ?? '']))
      this.#found.set(keyOf(field, names), texts)
      if (!this.#found.has(keyOf('', names))) this.#found.set(keyOf('', names), texts)
      for (const [name, value] of shape) this.#collect(value, name)
    } else {
      for (const part of partsOf(schema)) this.#collect(part, field)
    }
  }
}

function keyOf(field: string, names: readonly string[]): string {
  return [field, ...names.toSorted()].join(' ')
}

interface Procedure {
  readonly _def: { readonly inputs: readonly z.ZodType[] }
}
/** By their paths, such as `report.list`. */
const procedures: Readonly<Record<string, Procedure>> = (await loadProcedures()) as never

/** What the fields of a procedure's input mean; undefined where there is no such procedure. */
export function inputDescriptions(path: string): Descriptions | undefined {
  const procedure = procedures[path]
  return procedure && new Descriptions(procedure['_def'].inputs)
}

/** What the fields of all that is answered mean, and of inputs that have a type of their own. */
export async function sharedDescriptions(): Promise<Descriptions> {
  const folder = join(import.meta.dirname, '../shared')
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'))
  const modules = await Promise.all(
    files.map(
      async (file) => (await import(pathToFileURL(join(folder, file)).href)) as Record<string, unknown>,
    ),
  )
  const schemas = modules
    .flatMap((module) => Object.values(module))
    .filter((value): value is z.ZodType => value instanceof z.ZodType)
  schemas.push(pageOf(z.unknown()))
  const inputs = new Set(Object.values(procedures).flatMap((procedure) => procedure['_def'].inputs))
  const isOfInput = (schema: z.ZodType) => inputs.has(schema)
  return new Descriptions([...schemas.filter((schema) => !isOfInput(schema)), ...schemas.filter(isOfInput)])
}

function descriptionOf(schema: z.ZodType): string | undefined {
  if (schema.description !== undefined) return schema.description
  const [inner] = schema instanceof z.ZodObject || schema instanceof z.ZodArray ? [] : partsOf(schema)
  return inner === undefined ? undefined : descriptionOf(inner)
}

/** What a schema is made of. */
function partsOf(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodObject) return Object.values<z.ZodType>(schema.shape)
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType]
  if (schema instanceof z.ZodUnion) return [...schema.options] as z.ZodType[]
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType]
  if (schema instanceof z.ZodPipe) return [schema.in as z.ZodType, schema.out as z.ZodType]
  const isWrapper =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  return isWrapper ? [schema.unwrap() as z.ZodType] : []
}
