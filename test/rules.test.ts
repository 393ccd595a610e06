import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** The numbers of the rules of docs/uptime.md that count: neither they nor their section are marked as to come. */
function rulesThatCount(): number[] {
  const sections = readFileSync('docs/uptime.md', 'utf8').split(/^## /m)
  const counting = sections.filter((section) => !section.includes('_(not yet: all of this section)_'))
  const rules = counting.flatMap((section) => [...section.matchAll(/^(\d+)\. (?!_\(not yet\)_)/gm)])
  return rules.map(([, rule]) => Number(rule))
}

/** `rule 2`, `rules 1 and 3 to 6`, `rules 11 to 13`. */
function citedRules(source: string): number[] {
  const citations = source.replaceAll(/\n \* /g, ' ').matchAll(/\brules? (\d+(?:(?:, | and | to )\d+)*)/gi)
  return [...citations].flatMap(([, list = '']) =>
    list.split(/, | and /).flatMap((range) => {
      const [first = 0, last = first] = range.split(' to ').map(Number)
      return Array.from({ length: last - first + 1 }, (_, i) => first + i)
    }),
  )
}

test('the source that carries out a rule cites it', () => {
  const sources = globSync('{server,shared}/**/*.ts').map((file) => readFileSync(file, 'utf8'))
  const cited = new Set(sources.flatMap(citedRules))
  expect(rulesThatCount()).toContain(19)
  expect(rulesThatCount().filter((rule) => !cited.has(rule))).toEqual([])
})
