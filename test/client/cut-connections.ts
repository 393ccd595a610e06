import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface CuttingProxy extends AsyncDisposable {
  readonly url: string
  /** Cuts every connection that is open, and refuses new ones while `isDown`. */
  cut(): void
  isDown: boolean
}

/** Passes bytes on to the server at `url`, until it is told to cut them off. */
export async function cuttingProxy(url: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  const proxy = createServer((near) => {
    if (state.isDown) {
      near.destroy()
      return
    }
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const state: CuttingProxy = {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    isDown: false,
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      state.cut()
      proxy.close()
      await once(proxy, 'close')
    },
  }
  return state
}
