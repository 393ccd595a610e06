import type { MiddlewareHandler } from 'hono'
import { createGate } from '../limits/gate.ts'
import type { Limits } from '../limits/setting.ts'
import { callerOf, connectionOf } from './rest/caller.ts'
import { isEventStream } from './rest/event-stream.ts'

/** Refuses streams of events where there are too many, whatever they are of. */
export function countEventStreams(limits: Limits): MiddlewareHandler {
  const gate = createGate(limits, 'eventStreams', 'streams of events')
  return async (context, next) => {
    await next()
    const { outgoing } = connectionOf(context)
    if (!isEventStream(context.res) || context.res.body === null || outgoing === undefined) return
    try {
      const stream = gate.enter(callerOf(context))
      outgoing.once('close', () => stream[Symbol.dispose]())
      if (outgoing.closed) stream[Symbol.dispose]()
    } catch (error) {
      await context.res.body.cancel()
      throw error
    }
  }
}
