import type { Channel, ChannelContext } from '../channel.ts'
import { eventBody } from '../event-body.ts'

export function stdoutChannel({ writeLine }: ChannelContext): Channel {
  return {
    async send({ id, events: [event] }) {
      await writeLine(JSON.stringify({ id, ...eventBody(event) }))
      return 'written'
    },
    [Symbol.dispose]() {},
  }
}
