import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'

/** A connection on which one push follows the other. */
export interface PushConnection extends Disposable {
  /** Sends a body, again where the server is too busy for it, and reads the answer to its last byte. Throws where it is no success. */
  push(body: string): Promise<void>
}

/**
 * Speaks just as much HTTP as it takes: what generates the load shares the processors with the server, and waits for itself else, as
 * Node.js's client takes as long for a push as the server.
 */
export async function connectToPush(url: string, mediaType: string): Promise<PushConnection> {
  const { host, hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  const head = `POST /polls HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${mediaType}\r\nContent-Length: `
  return {
    async push(body) {
      for (;;) {
        socket.write(`${head}${Buffer.byteLength(body)}\r\n\r\n${body}`)
        const { status, retryAfterSeconds, text } = await answerOn(socket)
        if (status === 200) return
        if (status !== 429) throw new Error(`a push was answered with ${status}: ${text}`)
        await setTimeout(1000 * retryAfterSeconds)
      }
    },
    [Symbol.dispose]: () => socket.destroy(),
  }
}

interface Answered {
  readonly status: number
  readonly retryAfterSeconds: number
  readonly text: string
}

/** The next answer, which has a length. */
function answerOn(socket: Socket): Promise<Answered> {
  return new Promise((resolve, reject) => {
    let answer = ''
    function read(chunk: Buffer): void {
      answer += chunk.toString('latin1')
      const [head = '', length] = /^[^]*?\r\ncontent-length: (\d+)\r\n[^]*?\r\n\r\n/i.exec(answer) ?? []
      if (length === undefined || answer.length < head.length + Number(length)) return
      end()
      const [, seconds = '1'] = /^retry-after: (\d+)\r$/im.exec(head) ?? []
      resolve({
        status: Number(answer.slice(9, 12)),
        retryAfterSeconds: Number(seconds),
        text: answer.slice(head.length),
      })
    }
    const fail = (error?: Error) => {
      end()
      reject(error ?? new Error('the connection ended'))
    }
    const failAtEnd = () => fail()
    function end(): void {
      socket.off('data', read).off('error', fail).off('close', failAtEnd)
    }
    socket.on('data', read).on('error', fail).on('close', failAtEnd)
  })
}
