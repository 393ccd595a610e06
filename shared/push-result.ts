import { AppError } from './app-error.ts'
import type { PushResult } from './push.ts'

/** How many of the polls that cannot be taken are told one by one. */
export const maxRejectionsTold = 100

export const nothingPushed: PushResult = {
  accepted: 0,
  changed: 0,
  repeated: 0,
  rejected: 0,
  rejections: [],
  firstPollAt: null,
  lastPollAt: null,
}

/** What became of the polls of two pushes. */
export function bothPushed(one: PushResult, other: PushResult): PushResult {
  return {
    accepted: one.accepted + other.accepted,
    changed: one.changed + other.changed,
    repeated: one.repeated + other.repeated,
    rejected: one.rejected + other.rejected,
    rejections: [...one.rejections, ...other.rejections].slice(0, maxRejectionsTold),
    firstPollAt: chosen(one.firstPollAt, other.firstPollAt, Math.min),
    lastPollAt: chosen(one.lastPollAt, other.lastPollAt, Math.max),
  }
}

function chosen(
  one: string | null,
  other: string | null,
  choose: (a: number, b: number) => number,
): string | null {
  if (one === null || other === null) return one ?? other
  return choose(Date.parse(one), Date.parse(other)) === Date.parse(one) ? one : other
}

/** Where no poll could be taken: as `resultOfNothing` reads it. */
export function nothingTaken({ rejected, rejections: [first] }: PushResult): AppError {
  const what = rejected === 1 ? 'the only poll cannot be taken' : `none of the ${rejected} polls can be taken`
  return new AppError('rejected', `${what}: in row ${first!.row}, ${first!.reason}`)
}

/** What became of polls of which none could be taken; the first is told. */
export function resultOfNothing({ message }: AppError): PushResult {
  const [, rejected = '1', row = '1', reason = message] =
    /^(?:none of the (\d+) polls can|the only poll cannot) be taken: in row (\d+), (.*)$/s.exec(message) ?? []
  return { ...nothingPushed, rejected: Number(rejected), rejections: [{ row: Number(row), reason }] }
}
