interface KeptOptions<Value> {
  readonly most: number
  /** Of all but the latest one. */
  readonly mostBytes?: number
  readonly bytesOf?: (value: Value) => number
}

/** Values by name, of which the ones that were asked for of late are kept. */
export interface Kept<Value> {
  /** The value of the name, which is made where it is not kept. */
  get(name: string, make: () => Promise<Value>): Promise<Value>
  /** It is made whether it is kept or not. */
  renew(name: string, make: () => Promise<Value>): Promise<Value>
}

export function createKept<Value>({
  most,
  mostBytes = Infinity,
  bytesOf = () => 0,
}: KeptOptions<Value>): Kept<Value> {
  const kept = new Map<string, Value>()

  function keep(name: string, value: Value): void {
    kept.delete(name)
    kept.set(name, value)
    let count = 0
    let bytes = 0
    for (const other of [...kept.keys()].reverse()) {
      count++
      if (count > 1) bytes += bytesOf(kept.get(other)!)
      if (count > most || bytes > mostBytes) kept.delete(other)
    }
  }

  async function renew(name: string, make: () => Promise<Value>): Promise<Value> {
    kept.delete(name)
    const value = await make()
    keep(name, value)
    return value
  }

  return {
    renew,
    async get(name, make) {
      const value = kept.get(name)
      if (value === undefined) return renew(name, make)
      keep(name, value)
      return value
    },
  }
}
