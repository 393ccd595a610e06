/** A browser as far as servers see it: it follows where it is led, and keeps what each host has it keep. */
export interface Browsing {
  /** Asks once. */
  ask(address: string, init?: RequestInit): Promise<Response>
  /** Asks, and goes on to where it is sent; what is answered last, and where that was. */
  follow(address: string, init?: RequestInit): Promise<{ response: Response; address: URL }>
  /** What it has of a host, by name. */
  cookiesOf(address: string): Map<string, string>
}

const MOST_HOPS = 20

export function browsing(): Browsing {
  const kept = new Map<string, Map<string, string>>()

  function cookiesOf(address: string): Map<string, string> {
    const { host } = new URL(address)
    const cookies = kept.get(host) ?? new Map<string, string>()
    kept.set(host, cookies)
    return cookies
  }

  async function ask(address: string, init: RequestInit = {}): Promise<Response> {
    const cookies = cookiesOf(address)
    const headers = new Headers(init.headers)
    if (!headers.has('accept')) headers.set('accept', 'text/html,application/xhtml+xml,*/*;q=0.8')
    headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(address, { ...init, headers, redirect: 'manual' })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (value === '' || /max-age=0(?:;|$)/i.test(set)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }

  return {
    ask,
    cookiesOf,
    async follow(from, init) {
      let address = new URL(from)
      let response = await ask(from, init)
      for (let hops = 0; hops < MOST_HOPS; hops++) {
        const next = response.headers.get('location')
        if (next === null || response.status === 201) return { response, address }
        await response.body?.cancel()
        address = new URL(next, address)
        response = await ask(address.href)
      }
      throw new Error(`it goes on and on: ${address.href}`)
    },
  }
}
