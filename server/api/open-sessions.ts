import type { OpenSession, SessionRevocation } from '../../shared/open-session.ts'
import type { Page, PageQuery } from '../../shared/page.ts'
import { authorOf, type Principal } from '../access/principal.ts'
import { listOpenSessions, revokeSession, type Open } from '../database/open-sessions.ts'
import type { ApiParts } from './api-parts.ts'

type Parts = Pick<ApiParts, 'db' | 'change' | 'now' | 'access'>

export async function openSessions({ db, now, access }: Parts, query: PageQuery): Promise<Page<OpenSession>> {
  return listOpenSessions(db, query, openNow(access, now()))
}

/** Ends the session of one who signed in. */
export async function endOpenSession(
  { change, now, access }: Parts,
  principal: Principal,
  { sessionId, by, reason }: SessionRevocation,
): Promise<OpenSession> {
  const at = now()
  const made = { by: authorOf(principal, by), reason, at }
  const ended = await change((tx) => revokeSession(tx, sessionId, made, openNow(access, at)))
  access.sessions.forget()
  return ended
}

function openNow({ sessions }: Parts['access'], at: number): Open {
  return { now: at, unusedSince: at - sessions.times.idleMs }
}
