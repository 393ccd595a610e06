import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A connection on which one push follows the other. */
export interface PushConnection extends Disposable {
  /** Sends a body, and reads the answer to its last byte. Throws where it is no success. */
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
      socket.write(`${head}${Buffer.byteLength(body)}\r\n\r\n${body}`)
      const { status, text } = await answerOn(socket)
      if (status !== 200) throw new Error(`a push was answered with ${status}: ${text}`)
    },
    [Symbol.dispose]: () => socket.destroy(),
  }
}

/** The next answer, which has a length. */
function answerOn(socket: Socket): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    let answer = ''
    function read(chunk: Buffer): void {
      answer += chunk.toString('latin1')
      const [head = '', length] = /^[^]*?\r\ncontent-length: (\d+)\r\n[^]*?\r\n\r\n/i.exec(answer) ?? []
      if (length === undefined || answer.length < head.length + Number(length)) return
      end()
      resolve({ status: Number(answer.slice(9, 12)), text: answer.slice(head.length) })
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
