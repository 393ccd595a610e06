import type { Generated } from 'kysely'

/** The rules that incidents are found by; a row is never changed. */
export interface AlertRulesTable {
  version: Generated<number>
  made_at: number
  author: string | null
  reason: string | null
  /** JSON, as `alertRules` of shared/alert-rules.ts reads it, with all that was left out. */
  rules: string
}
