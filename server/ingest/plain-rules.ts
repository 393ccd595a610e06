import { createIdTable } from './id-table.ts'
import type { TakenLines } from './line-blocks.ts'
import { COMMA, CR, createPlainLines, indexFrom, LF } from './plain-lines.ts'
import type { StoreIds } from './store-ids.ts'

/**
 * Takes rows of rules straight from a file's bytes: lines `store_id,rest`, where few rests differ. `ruleOf` is asked once
 * for each rest, and says its number, from 0 on, or -1 for one that is not right. Rests are known with the line's end.
 */
export function createPlainRules(
  stores: Pick<StoreIds, 'guessAt' | 'numberAt' | 'lengthOf'>,
  ruleOf: (rest: string) => number,
  add: (store: number, rule: number) => void,
): (bytes: Buffer) => TakenLines {
  const knownRests = createIdTable()
  const rules: number[] = []

  return createPlainLines(({ bytes, view }, start) => {
    const storeGuess = stores.guessAt(view, start)
    const restStart =
      storeGuess < 0 ? indexFrom(bytes, COMMA, start) + 1 : start + stores.lengthOf(storeGuess)
    const restGuess = knownRests.guess(view, restStart)
    const lineEnd =
      restGuess < 0 ? indexFrom(bytes, LF, restStart - 1) + 1 : restStart + knownRests.lengthOf(restGuess)
    const rule = restGuess < 0 ? ruleAt(view, restStart, lineEnd) : rules[restGuess]!
    if (rule < 0) return -1
    const store = storeGuess < 0 ? stores.numberAt(view, start, restStart) : storeGuess
    if (store < 0) return -1
    add(store, rule)
    return lineEnd
  })

  function ruleAt(view: DataView, start: number, end: number): number {
    const known = knownRests.find(view, start, end)
    if (known >= 0) return rules[known]!
    const hasCr = view.getUint8(end - 2) === CR
    const rest = Buffer.from(view.buffer, start, end - (hasCr ? 2 : 1) - start).toString('latin1')
    const rule = ruleOf(rest)
    if (rule >= 0) rules[knownRests.add(view, start, end)] = rule
    return rule
  }
}
