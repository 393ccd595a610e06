import { createIdTable } from './id-table.ts'
import type { TakenLines } from './line-blocks.ts'
import { COMMA, CR, createPlainLines, indexFrom, LF } from './plain-lines.ts'
import type { StoreIds } from './store-ids.ts'

/**
 * Takes rows of rules straight from a file's bytes: lines `store_id,rest`, where few rests differ. `ruleOf` is asked once
 * for each rest, and says its number, from 0 on, or -1 for one that is not right.
 */
export function createPlainRules(
  stores: Pick<StoreIds, 'numberAt'>,
  ruleOf: (rest: string) => number,
  add: (store: number, rule: number) => void,
): (bytes: Buffer) => TakenLines {
  const knownRests = createIdTable()
  const rules: number[] = []

  return createPlainLines(({ bytes, view }, start) => {
    const restStart = indexFrom(bytes, COMMA, start) + 1
    const lineEnd = indexFrom(bytes, LF, restStart - 1)
    const restEnd = bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd
    const rule = ruleAt(view, restStart, restEnd)
    const store = rule < 0 ? -1 : stores.numberAt(view, start, restStart)
    if (store < 0) return -1
    add(store, rule)
    return lineEnd + 1
  })

  function ruleAt(view: DataView, start: number, end: number): number {
    const known = knownRests.find(view, start, end)
    if (known >= 0) return rules[known]!
    const rule = ruleOf(Buffer.from(view.buffer, start, end - start).toString('latin1'))
    if (rule >= 0) rules[knownRests.add(view, start, end)] = rule
    return rule
  }
}
