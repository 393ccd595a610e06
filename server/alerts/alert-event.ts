import type { AlertEventKind } from '../../shared/alert-kinds.ts'
import type { DigestContent } from '../../shared/digest.ts'
import type { Severity } from '../../shared/incident-condition.ts'

/** What is known of an event when it is recorded: what is told of it later does not change any more. */
export interface AlertPayload {
  readonly severity: Severity
  /** Such as `down`: what a rule looks for. */
  readonly condition: string
  /** It in words, on one line. */
  readonly summary: string
  /** What is to be done, as its rule says. */
  readonly note?: string | undefined
  readonly storeId?: string | undefined
  readonly storeName?: string | undefined
  /** The groups that the store is in, each as label=value. */
  readonly labels?: readonly string[]
  /** When it began, and when it was over. */
  readonly since?: number | undefined
  readonly until?: number | undefined
  /** Of a digest: what it tells. */
  readonly digest?: DigestContent
}

/** What became of an incident. */
export interface AlertEvent {
  readonly incident: string
  /** Counted from 1 in each incident. */
  readonly sequence: number
  readonly kind: AlertEventKind
  readonly at: number
  readonly payload: AlertPayload
}
