/** The largest key of a row that every database has room for. */
const MOST = 2 ** 31 - 1

/** The key that a text says, or undefined where it says none that a row can have. */
export function parseKey(text: string): number | undefined {
  const key = /^\d{1,10}$/.test(text) ? Number(text) : NaN
  return key <= MOST ? key : undefined
}
