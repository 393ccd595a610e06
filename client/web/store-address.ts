/** Where a store is shown, whatever its id is made of. */
export function storeAddress(storeId: string): string {
  return `/stores/${encodeURIComponent(storeId)}`
}

/** The store of an address, as `location.pathname` has it. */
export function storeIdAt(path: string): string | undefined {
  const [, screen, id] = path.split('/')
  if (screen !== 'stores' || !id) return undefined
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}
