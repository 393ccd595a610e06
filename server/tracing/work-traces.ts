/** Work that goes on by itself, where that is traced: after the request for it was answered, or without any. */
import { toAppError } from '../../shared/app-error.ts'
import { askingPlace, collectWorked, preciseNow, type Worked } from './worked.ts'
import type { SpanPlace } from './place.ts'

export type WorkName = 'report' | 'import' | 'pull' | 'push' | 'retention'
export type WorkAttributes = Readonly<Record<string, string | number | undefined>>

export interface EndedWork {
  readonly name: WorkName
  /** Whence it came: the request that asked for it. */
  readonly askedBy: SpanPlace | undefined
  readonly startMs: number
  readonly endMs: number
  readonly attributes: WorkAttributes
  readonly failure: string | undefined
  readonly worked: readonly Worked[]
  /** How much more was done than is told of. */
  readonly leftOut: number
}

export interface OngoingWork {
  /** Does something of it. */
  step<T>(work: () => Promise<T>): Promise<T>
  /** What is said of it after its end is left out. */
  end(attributes?: WorkAttributes, failure?: string): void
}

export interface WorkTraces {
  begin(name: WorkName, attributes?: WorkAttributes): OngoingWork
}

export const untracedWork: OngoingWork = { step: (work) => work(), end() {} }

/** Where nothing is traced. */
export const untraced: WorkTraces = { begin: () => untracedWork }

/** Of a request that is not recorded, nor is the work that it asked for. */
export function workTraces(tell: (ended: EndedWork) => void): WorkTraces {
  return {
    begin(name, attributes = {}) {
      const askedBy = askingPlace()
      const startMs = preciseNow()
      const collecting = collectWorked()
      let isEnded = askedBy?.isSampled === false
      return {
        step: (work) => collecting.run(work),
        end(further = {}, failure) {
          if (isEnded) return
          isEnded = true
          const told = { name, askedBy, startMs, endMs: preciseNow(), failure }
          tell({ ...told, attributes: { ...attributes, ...further }, ...collecting.take() })
        },
      }
    },
  }
}

/** Does something as one piece of work. */
export async function tracedWork<T>(
  ongoing: OngoingWork,
  work: () => Promise<T>,
  told: (result: T) => Parameters<OngoingWork['end']> = () => [],
): Promise<T> {
  try {
    const result = await ongoing.step(work)
    ongoing.end(...told(result))
    return result
  } catch (error) {
    ongoing.end({}, toAppError(error).message)
    throw error
  }
}
