import type { ImportProgress, ImportRecord } from './import.ts'
import type { Problem } from './problem.ts'

/** What a caller that accepts NDJSON is sent while its file is imported: a line each, the last one how it ended. */
export type UploadEvent =
  { readonly progress: ImportProgress } | { readonly import: ImportRecord } | { readonly problem: Problem }
