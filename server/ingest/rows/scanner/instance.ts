import { readFileSync } from 'node:fs'
import { AppError } from '../../../../shared/app-error.ts'

/**
 * What `assembly/` is compiled to: WebAssembly, as it is as fast for the first line as for the last. Compiled by
 * `npm run build:scanner`; its addresses are places in its memory.
 */
export interface ScannerExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly INPUT_BYTES: Global
  readonly PADDING: Global
  readonly input: Global
  readonly pairGroups: Global
  readonly pairWords: Global
  readonly pairs: Global
  readonly idBytes: Global
  clear(): void
  scanPolls(end: number): number
  scanRules(end: number): number
  storeAt(start: number, end: number): number
  storeCount(): number
  storeIdStart(store: number): number
  storeIdLength(store: number): number
  groupOf(store: number, week: number): number
  groupCount(): number
  weekOfGroup(group: number): number
  firstGroupOf(store: number): number
  groupAfter(group: number): number
}

interface Global {
  readonly value: number
}

/** What is used of WebAssembly, the types of which only browsers' libraries have. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, (...places: number[]) => unknown>>,
  ) => { readonly exports: unknown }
}
const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly

/** What it asks. */
export interface ScannerHost {
  readonly epochMsOfDate: (at: number) => number
  readonly isRule: (start: number, end: number) => boolean
}

export interface ScannerInstance {
  readonly wasm: ScannerExports
  host: ScannerHost
}

/** A larger one is not kept. */
const MOST_KEPT_BYTES = 16 * 1024 * 1024

let compiled: object | undefined
/** Each has memory that is only collected with all garbage: of a push a MiB there would be dozens at a time. */
let spare: ScannerInstance | undefined

/** One that has scanned nothing. */
export function takeInstance(host: ScannerHost): ScannerInstance {
  const taken = spare ?? createInstance(host)
  spare = undefined
  taken.host = host
  return taken
}

/** To be called once, by whoever took it and does not use it any more. */
export function giveBack(instance: ScannerInstance): void {
  if (instance.wasm.memory.buffer.byteLength > MOST_KEPT_BYTES) return
  instance.wasm.clear()
  spare = instance
}

function createInstance(host: ScannerHost): ScannerInstance {
  compiled ??= new Module(readFileSync(new URL('./scanner.wasm', import.meta.url)))
  const { exports } = new Instance(compiled, {
    host: {
      epochMsOfDate: (at) => instance.host.epochMsOfDate(at),
      isRule: (start, end) => instance.host.isRule(start, end),
    },
    env: {
      abort() {
        throw new AppError(
          'invalid',
          'the file has more stores, or weeks of them, than an import has room for (25 million stores of a week): split it by stores',
        )
      },
    },
  })
  const instance: ScannerInstance = { wasm: exports as ScannerExports, host }
  return instance
}
