import type { Socket } from 'node:net'
import type { Connection, Submittable } from 'pg'

/** A message begins with a letter and its length without that. */
const HEAD_BYTES = 5
const ROW = 'd'.charCodeAt(0)
const COPY_DONE = 'c'.charCodeAt(0)
const ERROR = 'E'.charCodeAt(0)

/** The signature (11 bytes), flags, and the length of an extension that there is not. */
const HEADER_BYTES = 11 + 4 + 4
/** The first row then begins where words do. */
const BEFORE_HEADER = 1
/** Where the first row begins in what was gathered. */
export const FIRST_ROW_AT = BEFORE_HEADER + HEADER_BYTES

const LEAST_ROOM = 64 * 1024
const GROWTH = 2

interface ConnectionWithStream extends Connection {
  readonly stream: Socket
  query(text: string): void
}

type Listener = (chunk: Buffer) => void

/**
 * `copy … to stdout (format binary)`, whose rows are gathered as they come from the server's socket: the driver would take
 * each out of its message by itself, which costs more than all that is done with polls. `rows` has one after the other,
 * from `FIRST_ROW_AT` on.
 */
export class CopyOut implements Submittable {
  readonly #text: string
  readonly #rows = Promise.withResolvers<Buffer>()
  #gathered: Buffer
  #end = BEFORE_HEADER
  #stream: Socket | undefined
  #ofDriver: Listener[] = []
  /** What is still to come of the message whose head has come, and whether it is a row. */
  #left = 0
  #isRow = false
  /** The start of a head that has not come as a whole. */
  #unfinished: Buffer = Buffer.alloc(0)

  /** Where about as much comes as is expected, nothing has to be moved. */
  constructor(text: string, expectedBytes = 0) {
    this.#text = text
    this.#gathered = Buffer.allocUnsafeSlow(Math.max(LEAST_ROOM, expectedBytes))
  }

  get rows(): Promise<Buffer> {
    return this.#rows.promise
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
    let at = this.#take(bytes, 0)
    while (this.#left === 0 && at + HEAD_BYTES <= bytes.length) {
      const letter = bytes[at]
      if (letter === COPY_DONE || letter === ERROR) {
        this.#handBack(bytes.subarray(at))
        return
      }
      this.#isRow = letter === ROW
      this.#left = bytes.readUInt32BE(at + 1) + 1 - HEAD_BYTES
      at = this.#take(bytes, at + HEAD_BYTES)
    }
    this.#unfinished = bytes.subarray(at)
  }

  /** Takes what there is of a message; where it ends. */
  #take(bytes: Buffer, from: number): number {
    const to = Math.min(from + this.#left, bytes.length)
    this.#left -= to - from
    if (this.#isRow && from < to) {
      const end = this.#end + to - from
      if (end > this.#gathered.length) this.#grow(end)
      bytes.copy(this.#gathered, this.#end, from, to)
      this.#end = end
    }
    return to
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(least, this.#gathered.length * GROWTH))
    this.#gathered.copy(larger, 0, 0, this.#end)
    this.#gathered = larger
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
    this.#rows.reject(error)
  }

  handleCommandComplete(): void {}
  handleReadyForQuery(): void {
    this.#rows.resolve(this.#gathered.subarray(0, this.#end))
  }
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}
}
