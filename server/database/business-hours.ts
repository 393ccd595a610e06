import type { WeeklySpan } from '../../shared/store.ts'
import { chunks } from './chunks.ts'
import { setRules, type StoreRule } from './stores.ts'
import { textOfSpans } from './weekly-spans.ts'
import type { WriteTx } from './write-alone.ts'

/**
 * Sets the weekly rule of stores, known or new: `rule` is its place in `rules`. Spans may come in any order and more than
 * once. Returns how many rows said something else than what was stored. `stores` are in ascending order of id, each once.
 */
export async function setBusinessHours(
  tx: WriteTx,
  rules: readonly (readonly WeeklySpan[])[],
  stores: readonly StoreRule<number>[],
): Promise<number> {
  const texts = rules.map(textOfSpans)
  const keys = await keysOfRules(tx, new Set(texts))
  const keyed = stores.map((store) => ({ ...store, rule: keys.get(texts[store.rule]!)! }))
  return setRules(tx, 'business_hours_key', keyed)
}

/** The keys of rules, by their text. Rules that are new get the next ones. */
async function keysOfRules(tx: WriteTx, rules: ReadonlySet<string>): Promise<Map<string, number>> {
  const keys = new Map<string, number>()
  for (const chunk of chunks([...rules])) {
    const rows = await tx.selectFrom('business_hours').selectAll().where('spans', 'in', chunk).execute()
    for (const row of rows) keys.set(row.spans, row.business_hours_key)
  }
  const newRules = [...rules].filter((spans) => !keys.has(spans)).sort()
  let nextKey = newRules.length > 0 ? await nextRuleKey(tx) : 0
  for (const spans of newRules) keys.set(spans, nextKey++)
  for (const chunk of chunks(newRules)) {
    const rows = chunk.map((spans) => ({ business_hours_key: keys.get(spans)!, spans }))
    await tx.insertInto('business_hours').values(rows).execute()
  }
  return keys
}

async function nextRuleKey(tx: WriteTx): Promise<number> {
  const { last } = await tx
    .selectFrom('business_hours')
    .select((eb) => eb.fn.max('business_hours_key').as('last'))
    .executeTakeFirstOrThrow()
  return (last ?? 0) + 1
}
