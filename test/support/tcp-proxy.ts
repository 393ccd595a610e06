import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface TcpProxyOptions {
  /** How long bytes are under way, each way. */
  readonly delayMs?: number
  /** What is passed on of what the server sends; by default all. */
  readonly passed?: (bytes: Buffer) => Buffer
}

/** What stands between programs and a server. */
export interface TcpProxy extends AsyncDisposable {
  /** The URL of the server as it is reached by way of this. */
  urlOf(url: string): string
  /** From now on, whoever connects comes to another server. */
  leadTo(serverUrl: string): void
}

export async function tcpProxy(
  serverUrl: string,
  { delayMs = 0, passed = (bytes) => bytes }: TcpProxyOptions,
): Promise<TcpProxy> {
  let target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  function kept(socket: Socket): Socket {
    sockets.add(socket)
    return socket
      .setNoDelay()
      .on('error', () => {})
      .on('close', () => sockets.delete(socket))
  }
  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname)
    pass(kept(client), kept(server), delayMs, (bytes) => bytes)
    pass(server, client, delayMs, passed)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  const own = String((proxy.address() as AddressInfo).port)
  return {
    urlOf: (url) => Object.assign(new URL(url), { port: own }).href,
    leadTo(serverUrl) {
      target = new URL(serverUrl)
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}

/** In the order in which it came: what is due at the same time is passed on at once. */
function pass(from: Socket, to: Socket, delayMs: number, passed: (bytes: Buffer) => Buffer): void {
  const later = (act: () => void) => (delayMs === 0 ? act() : void setTimeout(act, delayMs))
  from.on('data', (bytes: Buffer) => later(() => to.writable && to.write(passed(bytes))))
  from.on('end', () => later(() => to.end()))
  from.on('close', () => later(() => to.destroy()))
}
