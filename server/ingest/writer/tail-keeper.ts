import type { OpenDatabase } from './open-database.ts'

/** After so many groups of pushes, or so much of them, the tail is looked at. */
const GROUPS_TO_LOOK = 32
const BYTES_TO_LOOK = 32 * 1024 * 1024
/** Groups of less are in rows of any stores, mostly, so that no chunk has got full. */
const SMALL_GROUP_BYTES = 64 * 1024

/** Keeps the tail short, in steps between what is written. What fails is done the next time. */
export interface TailKeeper {
  /** To be awaited after each group of pushes: does a step where one is due, so that all is done though somebody always waits. */
  wrote(bytes: number): Promise<void>
  /** Does all that is due, or all that there is, while `goesOn` says so. */
  tidy(goesOn: () => boolean, all?: 'all'): Promise<void>
}

export function createTailKeeper({
  opened,
  now,
}: {
  /** Undefined where nothing is open. */
  readonly opened: () => Promise<OpenDatabase | undefined>
  readonly now: () => number
}): TailKeeper {
  let steps: AsyncGenerator<void> | undefined
  let isStepping = false
  let groups = 0
  let bytesLeft = BYTES_TO_LOOK
  let wereSmall = true

  function isDue(): boolean {
    return steps !== undefined || groups >= GROUPS_TO_LOOK || bytesLeft <= 0
  }

  async function* allSteps(): AsyncGenerator<void> {
    const onlySmall = wereSmall
    groups = 0
    bytesLeft = BYTES_TO_LOOK
    wereSmall = true
    const known = await opened()
    if (known === undefined) return
    const { tidySteps } = await import('../../database/tail/tidy-tail.ts')
    try {
      yield* tidySteps(known.db, now(), { onlySmall })
    } catch {
      known.latest.forget()
    }
  }

  /** Whether there are more. */
  async function step(): Promise<boolean> {
    steps ??= allSteps()
    isStepping = true
    const { done } = await steps.next()
    isStepping = false
    if (done === true) steps = undefined
    return done !== true
  }

  return {
    async wrote(bytes) {
      groups++
      bytesLeft -= bytes
      if (bytes > SMALL_GROUP_BYTES) wereSmall = false
      if (isDue() && !isStepping) await step()
    },
    async tidy(goesOn, all) {
      if (all === 'all') {
        wereSmall = false
        groups = GROUPS_TO_LOOK
      }
      while (isDue() && !isStepping && goesOn()) await step()
    },
  }
}
