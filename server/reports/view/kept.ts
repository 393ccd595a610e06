/** Values by name, of which the ones that were asked for of late are kept. */
export interface Kept<Value> {
  /** The value of the name, which is made where it is not kept. */
  get(name: string, make: () => Promise<Value>): Promise<Value>
  /** It is made whether it is kept or not. */
  renew(name: string, make: () => Promise<Value>): Promise<Value>
}

export function createKept<Value>(most: number): Kept<Value> {
  const kept = new Map<string, Value>()

  function keep(name: string, value: Value): void {
    kept.delete(name)
    kept.set(name, value)
    for (const other of [...kept.keys()].slice(0, -most)) kept.delete(other)
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
