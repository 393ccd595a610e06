import type { Environment } from '../../config-file/secrets.ts'
import type { Resolve } from '../../outgoing/guarded-agent.ts'
import type { AlertEvent } from '../alert-event.ts'

/** What is told at once: one event, or, where people read it, perhaps several. */
export interface Message {
  /** By which a receiver knows it again. */
  readonly id: string
  readonly events: readonly [AlertEvent, ...AlertEvent[]]
}

/** A way to tell somebody something. Disposing it ends its connections. */
export interface Channel extends Disposable {
  /** Tells it, and returns what was answered, in a line. Throws a DeliveryError; what else it throws is tried again, too. */
  send(message: Message, signal: AbortSignal): Promise<string>
}

/** What channels are made with. */
export interface ChannelContext {
  readonly environment: Environment
  readonly version: string
  readonly now: () => number
  /** Where people reach the page; undefined where that is not set. */
  readonly publicUrl: string | undefined
  /** Where a line for programs goes. */
  readonly writeLine: (line: string) => Promise<void>
  readonly resolve?: Resolve | undefined
  /** The CSV of a report. Throws a `not-found` AppError where it is not there any more. */
  readonly reportCsv?: ((reportId: string) => Promise<ReportCsv>) | undefined
}

export interface ReportCsv {
  readonly name: string
  bytes(): AsyncIterable<Uint8Array>
}

interface Failure {
  /** How long the receiver asks to wait. */
  readonly retryAfterMs?: number | undefined
  /** `message`: to try this one again would be of no use; `channel`: nor would any other. */
  readonly isOver?: 'message' | 'channel' | undefined
}

/** Why something could not be told. */
export class DeliveryError extends Error {
  readonly retryAfterMs: number | undefined
  readonly isOver: Failure['isOver']

  constructor(message: string, { retryAfterMs, isOver }: Failure = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DeliveryError'
    this.retryAfterMs = retryAfterMs
    this.isOver = isOver
  }
}

/** No attempt takes longer. */
export const ATTEMPT_MS = 20_000
