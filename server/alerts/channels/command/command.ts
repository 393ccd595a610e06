import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { DeliveryError, type Channel, type ChannelContext } from '../channel.ts'
import { eventBody } from '../event-body.ts'
import type { CommandSetting } from './setting.ts'

const MOST_SAID = 200
const MOST_KEPT = 10_000

/** The program is given nothing of the server's environment but PATH: it has secrets. */
export function commandChannel({ command }: CommandSetting, { environment }: ChannelContext): Channel {
  const [program = '', ...given] = command
  const { PATH } = environment

  return {
    async send({ id, events: [event] }, signal) {
      const child = spawn(program, given, {
        shell: false,
        env: PATH === undefined ? {} : { PATH },
        stdio: ['pipe', 'ignore', 'pipe'],
        signal,
        killSignal: 'SIGKILL',
      })
      const ended = (once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>).catch(
        (error: unknown) => {
          throw new DeliveryError(`${program} cannot be run: ${(error as Error).message}`)
        },
      )
      child.stdin.on('error', () => {}) // it may end without reading
      child.stdin.end(`${JSON.stringify({ id, ...eventBody(event) })}\n`)
      const [[exitCode, endedBy], said] = await Promise.all([ended, beginningOf(child.stderr)])
      if (exitCode === 0) return 'ended with 0'
      const how = exitCode === null ? `was ended by ${String(endedBy)}` : `ended with ${exitCode}`
      throw new DeliveryError(`${program} ${how}${firstLine(said)}`)
    },
    [Symbol.dispose]() {},
  }
}

/** Roughly so much of a text that may go on and on; all of it is read, so that who writes is not held up. */
async function beginningOf(stream: Readable): Promise<string> {
  let said = ''
  for await (const chunk of stream.setEncoding('utf8')) if (said.length < MOST_KEPT) said += String(chunk)
  return said
}

function firstLine(said: string): string {
  const [line = ''] = said.trim().split('\n', 1)
  return line === '' ? '' : `: ${line.slice(0, MOST_SAID)}`
}
