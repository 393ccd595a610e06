import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import { createGate } from '../limits/gate.ts'
import type { Limits } from '../limits/setting.ts'
import { callerOf } from './rest/caller.ts'

/** Refuses streams of events where there are too many, whatever they are of. */
export function countEventStreams({ eventStreams, eventStreamsByCaller }: Limits): MiddlewareHandler {
  const gate = createGate({
    most: eventStreams,
    limit: 'eventStreams',
    mostByCaller: eventStreamsByCaller,
    limitByCaller: 'eventStreamsByCaller',
    what: 'streams of events',
  })
  return async (context, next) => {
    await next()
    const { outgoing } = (context.env ?? {}) as Partial<HttpBindings>
    const isEventStream = context.res.headers.get('content-type')?.startsWith('text/event-stream')
    if (!isEventStream || context.res.body === null || outgoing === undefined) return
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
