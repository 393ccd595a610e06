/** Many numbers as one text, as a row for each would take the driver many times as long. */
import { sql } from 'kysely'
import type { Words } from '../uptime/words.ts'

/** Of a column of whole numbers, all of them: for `numbersOf`. */
export function numbers(column: string) {
  return sql<string | null>`string_agg(cast(${sql.ref(column)} as text), ',')`
}

/** The numbers of a list such as `1,2,3`. */
export function numbersOf(list: string | null): Words {
  if (list === null) return new Uint32Array(0)
  const found = new Uint32Array((list.length >>> 1) + 1)
  let count = 0
  let value = 0
  for (let i = 0; i < list.length; i++) {
    const digit = list.charCodeAt(i) - 48
    if (digit >= 0) {
      value = value * 10 + digit
      continue
    }
    found[count++] = value
    value = 0
  }
  found[count++] = value
  return found.slice(0, count)
}
