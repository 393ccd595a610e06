import type { CorrectionUse } from '../../shared/correction-kind.ts'
import type { Interpolation } from '../../shared/interpolation.ts'

/** Options of every command that judges stores. */
export interface JudgingCommandOptions {
  readonly asOf?: string
  readonly interpolation?: Interpolation
  readonly reach?: string
  readonly corrections?: CorrectionUse
}

/** Those that were given, and nothing else. */
export function judgingOptionsOf({
  asOf,
  interpolation,
  reach,
  corrections,
}: JudgingCommandOptions): JudgingCommandOptions {
  return {
    ...(asOf === undefined ? {} : { asOf }),
    ...(interpolation === undefined ? {} : { interpolation }),
    ...(reach === undefined ? {} : { reach }),
    ...(corrections === undefined ? {} : { corrections }),
  }
}
