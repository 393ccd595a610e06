/** Lets so many through in a second, and no more than a second's worth at once after a pause. */
export interface Pace {
  /** How many of those who want to may go now. */
  take(wanted: number, nowMs: number): number
}

export function createPace(perSecond: number): Pace {
  const most = Math.max(1, perSecond)
  let saved = 1
  let lastMs: number | undefined
  return {
    take(wanted, nowMs) {
      saved = Math.min(most, saved + (Math.max(0, nowMs - (lastMs ?? nowMs)) / 1000) * perSecond)
      lastMs = nowMs
      const taken = Math.min(wanted, Math.floor(saved))
      saved -= taken
      return taken
    },
  }
}
