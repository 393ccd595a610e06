/** Of so many answers of late it is looked at whether most failed, and of no fewer than the other number. */
const LATEST = 50
const LEAST = 10
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 15 * 60_000
/** How many are asked after a pause, to see whether it is over. */
const PROBES = 3

export interface Pause {
  readonly sinceMs: number
  readonly untilMs: number
}

/** Pauses who asks where most have no answer: then it is not each of them, but the way to them. */
export interface Circuit {
  readonly pause: Pause | undefined
  /** How many of those who are to be asked may be: all, a few, or none. */
  mayAsk(wanted: number, nowMs: number): number
  /** Told how many are. */
  asked(count: number): void
  /** Told of each that was asked. Whether it began to pause, or went on. */
  answered(hasAnswer: boolean, nowMs: number): 'paused' | 'going on' | undefined
}

/** `pause` is one that another process began. */
export function createCircuit(pause?: Pause): Circuit {
  let latest: boolean[] = []
  let current = pause
  let pauseMs = pause === undefined ? FIRST_PAUSE_MS : lengthOf(pause)
  let probes = 0

  function began(sinceMs: number, nowMs: number): void {
    current = { sinceMs, untilMs: nowMs + pauseMs }
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
    latest = []
    probes = 0
  }

  return {
    get pause() {
      return current
    },
    mayAsk(wanted, nowMs) {
      if (current === undefined) return wanted
      if (nowMs < current.untilMs) return 0
      return Math.min(wanted, PROBES - probes)
    },
    asked(count) {
      if (current !== undefined) probes += count
    },
    answered(hasAnswer, nowMs) {
      if (current === undefined) return answeredWhileGoingOn(hasAnswer, nowMs)
      // What was asked before says nothing new.
      if (nowMs < current.untilMs) return undefined
      if (hasAnswer) {
        current = undefined
        latest = []
        return 'going on'
      }
      latest.push(false)
      if (latest.length >= PROBES) began(current.sinceMs, nowMs)
      return undefined
    },
  }

  function answeredWhileGoingOn(hasAnswer: boolean, nowMs: number): 'paused' | undefined {
    latest = [...latest.slice(1 - LATEST), hasAnswer]
    if (latest.length < LEAST) return undefined
    const failed = latest.filter((one) => !one).length
    if (failed * 2 > latest.length) {
      began(nowMs, nowMs)
      return 'paused'
    }
    // Not before: where it comes and goes, pauses become longer, too.
    pauseMs = FIRST_PAUSE_MS
    return undefined
  }
}

function lengthOf({ sinceMs, untilMs }: Pause): number {
  return Math.min(Math.max(untilMs - sinceMs, FIRST_PAUSE_MS), LONGEST_PAUSE_MS)
}
