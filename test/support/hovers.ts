import { readFileSync } from 'node:fs'
import ts from 'typescript-5'
import { loadProcedures } from '../../build/procedures.ts'

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
}

/** What editors ask of a program, which is one file. */
export function languageServiceOf(file: string): ts.LanguageService {
  return ts.createLanguageService({
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot(name) {
      return ts.sys.fileExists(name) ? ts.ScriptSnapshot.fromString(readFileSync(name, 'utf8')) : undefined
    },
    getCompilationSettings: () => options,
    getCurrentDirectory: () => ts.sys.getCurrentDirectory(),
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
  })
}

/** What an editor shows where a text stands in a file first: the documentation alone. */
export function hoverOver(service: ts.LanguageService, file: string, text: string): string {
  const at = readFileSync(file, 'utf8').indexOf(text)
  return ts.displayPartsToString(service.getQuickInfoAtPosition(file, at)?.documentation)
}

/** The fields of the types of a file, however deep, and what an editor shows of them. */
export function fieldsOf(service: ts.LanguageService, file: string): Map<string, string> {
  const program = service.getProgram()!
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)!
  const fields = new Map<string, string>()
  for (const statement of source.statements) {
    if (ts.isTypeAliasDeclaration(statement)) visit(checker.getTypeAtLocation(statement), statement.name.text)
  }
  return fields

  function visit(type: ts.Type, place: string): void {
    const [element] = checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference) : []
    if (element !== undefined) visit(element, `${place}[]`)
    if (type.isUnion()) for (const one of type.types) visit(one, place)
    // What is branded is a string or a number.
    if (element !== undefined || !(type.flags & ts.TypeFlags.Object)) return
    for (const property of type.getProperties()) {
      const name = `${place}.${property.name}`
      fields.set(name, ts.displayPartsToString(property.getDocumentationComment(checker)))
      visit(checker.getTypeOfSymbolAtLocation(property, source), name)
    }
  }
}

const callsByType = { query: 'query', mutation: 'mutate', subscription: 'subscribe' } as const

/** A program with a type for the input and the output of every procedure of `client`, a type that it imports from `specifier`. */
export async function typesOfProcedures(specifier: string): Promise<string> {
  const procedures = Object.entries(await loadProcedures())
  const types = procedures.flatMap(([path, { _def }]) => {
    const call = `Client['${path.replaceAll('.', "']['")}']['${callsByType[_def.type]}']`
    const output = _def.type === 'subscription' ? `Data<ReturnType<${call}>>['of']` : `Answer<${call}>['of']`
    const name = path.replaceAll('.', '_')
    return [`type ${name}_input = Parameters<${call}>[0]`, `type ${name}_output = ${output}`]
  })
  return [
    `import type { StoreMonitorClient as Client, Report, ReportOptionsInput, Store } from '${specifier}'`,
    'interface Answer<T> { of: T extends (...given: never[]) => infer R ? Awaited<R> : never }',
    'interface Data<T> { of: T extends AsyncIterable<{ data: infer D }> ? D : never }',
    `declare const requested: Report, options: ReportOptionsInput, store: Store`,
    'requested.zoneDataVersion; options.reach; store.businessHours?.[0]?.start',
    ...types,
  ].join('\n')
}
