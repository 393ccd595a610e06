import type { ImportProgress, ImportRecord } from './import.ts'
import type { Problem } from './problem.ts'

/**
 * What a caller that accepts NDJSON is sent while its file is imported: a line each, the last one how it ended. To one that prefers
 * to be answered at once, the first says that the file is imported from now on whatever becomes of the server.
 */
export type UploadEvent =
  | { readonly accepted: ImportRecord }
  | { readonly progress: ImportProgress }
  | { readonly import: ImportRecord }
  | { readonly problem: Problem }
