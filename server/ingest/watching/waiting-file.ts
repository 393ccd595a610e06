import type { ImportKind } from '../../../shared/import-kind.ts'
import { importOrder } from '../importing/find-files.ts'
import type { SeenFile } from './look-into.ts'

/** The first pause after something did not work that may work later, and the longest. */
const FIRST_PAUSE_MS = 5000
const LONGEST_PAUSE_MS = 300_000

/** A file that is not taken yet. */
export interface WaitingFile extends SeenFile {
  /** Since when it is as it is. */
  readonly sinceMs: number
  /** Known once it has been looked into. */
  kind: ImportKind | undefined
  /** What went wrong the last time, where that may go well later. */
  problem: string | undefined
  tries: number
  tryAtMs: number
}

export function waitingFile(file: SeenFile, nowMs: number): WaitingFile {
  return { ...file, sinceMs: nowMs, kind: undefined, problem: undefined, tries: 0, tryAtMs: nowMs }
}

/** Puts a file off, each time for twice as long. */
export function putOff(file: WaitingFile, problem: string, nowMs: number): void {
  file.problem = problem
  file.tryAtMs = nowMs + Math.min(FIRST_PAUSE_MS * 2 ** file.tries++, LONGEST_PAUSE_MS)
}

/** Why it is not taken now; undefined where it is its turn. */
export function reasonToWait(file: WaitingFile, nowMs: number, settleMs: number): string | undefined {
  if (file.bytes === 0) return 'it is empty'
  if (nowMs - file.sinceMs < settleMs) return 'it has just come, or changed'
  return nowMs < file.tryAtMs ? file.problem : undefined
}

export function byTime(a: SeenFile, b: SeenFile): number {
  return Number(a.mtimeNs - b.mtimeNs) || (a.name < b.name ? -1 : Number(a.name > b.name))
}

/** Rules before polls, and then in the order in which they were made. */
export function inOrder(files: readonly WaitingFile[]): WaitingFile[] {
  const place = ({ kind }: WaitingFile) => (kind === undefined ? -1 : importOrder.indexOf(kind))
  return files.toSorted((a, b) => place(a) - place(b) || byTime(a, b))
}
