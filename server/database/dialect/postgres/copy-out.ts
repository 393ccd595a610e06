import type { Socket } from 'node:net'
import type { Connection, Submittable } from 'pg'

const HEAD_BYTES = 5
const COPY_DONE = 'c'.charCodeAt(0)
const ERROR = 'E'.charCodeAt(0)

interface ConnectionWithStream extends Connection {
  readonly stream: Socket
  query(text: string): void
}

type Listener = (chunk: Buffer) => void

/**
 * `copy … to stdout`, whose messages are gathered as they come from the server's socket: the driver would take each row out
 * of them, which costs more than all that is done with polls. `messages` has them one after the other: of each a letter
 * (`d` for a row), its length without that (4 bytes), and the rest.
 */
export class CopyOut implements Submittable {
  readonly #text: string
  readonly #messages = Promise.withResolvers<Buffer[]>()
  readonly #gathered: Buffer[] = []
  #stream: Socket | undefined
  #ofDriver: Listener[] = []
  /** Of the message whose head has come: what is still to come of it. */
  #toSkip = 0
  /** The start of a head that has not come as a whole. */
  #unfinished: Buffer = Buffer.alloc(0)

  constructor(text: string) {
    this.#text = text
  }

  get messages(): Promise<Buffer[]> {
    return this.#messages.promise
  }

  submit(connection: Connection): void {
    const { stream } = connection as ConnectionWithStream
    this.#stream = stream
    this.#ofDriver = stream.listeners('data') as Listener[]
    stream.removeAllListeners('data')
    stream.on('data', this.#gather)
    ;(connection as ConnectionWithStream).query(this.#text)
  }

  readonly #gather = (chunk: Buffer): void => {
    const bytes = this.#unfinished.length === 0 ? chunk : Buffer.concat([this.#unfinished, chunk])
    let at = Math.min(this.#toSkip, bytes.length)
    this.#toSkip -= at
    while (this.#toSkip === 0 && at + HEAD_BYTES <= bytes.length) {
      if (bytes[at] === COPY_DONE || bytes[at] === ERROR) {
        this.#gathered.push(bytes.subarray(0, at))
        this.#handBack(bytes.subarray(at))
        return
      }
      const length = 1 + bytes.readUInt32BE(at + 1)
      this.#toSkip = Math.max(0, length - (bytes.length - at))
      at += length - this.#toSkip
    }
    this.#unfinished = bytes.subarray(at)
    this.#gathered.push(bytes.subarray(0, at))
  }

  /** From here on the driver goes on. */
  #handBack(rest: Buffer): void {
    const stream = this.#stream
    this.#stream = undefined // what is handed back may say that this has failed
    stream?.off('data', this.#gather)
    for (const listener of this.#ofDriver) {
      stream?.on('data', listener)
      listener(rest)
    }
  }

  handleError(error: Error): void {
    if (this.#stream) this.#handBack(Buffer.alloc(0))
    this.#messages.reject(error)
  }

  handleCommandComplete(): void {}
  handleReadyForQuery(): void {
    this.#messages.resolve(this.#gathered)
  }
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}
}
