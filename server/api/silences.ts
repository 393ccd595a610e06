import { AppError } from '../../shared/app-error.ts'
import type { NewSilence, Silence } from '../../shared/silence.ts'
import { formatTimestamp } from '../../shared/timestamp.ts'
import { authorOf, type Principal } from '../access/principal.ts'
import * as silences from '../database/silences.ts'
import type { ApiParts } from './api-parts.ts'

type Parts = Pick<ApiParts, 'change' | 'now'>

/** Holds back what is about to be told. Throws an `invalid` AppError where it would be over already. */
export function createSilence(
  { change, now }: Parts,
  principal: Principal,
  { from, to, reason, by, ...matchers }: NewSilence,
): Promise<Silence> {
  const at = now()
  const fromMs = from ?? at
  if (to <= Math.max(fromMs, at)) {
    throw new AppError(
      'invalid',
      `to: ${formatTimestamp(to)} is not after ${formatTimestamp(Math.max(fromMs, at))}: write a later time`,
    )
  }
  const author = authorOf(principal, by)
  return change((tx) => silences.insertSilence(tx, { matchers, fromMs, toMs: to, author, reason }, at))
}

/** Ends one early. */
export function endSilence(
  { change, now }: Parts,
  principal: Principal,
  { silenceId, by }: { readonly silenceId: number; readonly by: string | null },
): Promise<Silence> {
  return change((tx) => silences.endSilence(tx, silenceId, authorOf(principal, by), now()))
}
