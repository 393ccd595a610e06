import { parser } from '@prometheus-io/lezer-promql'

/** What an expression of Prometheus asks for. */
export interface Asked {
  readonly selectors: readonly Selector[]
  /** Labels that it groups by. */
  readonly grouping: readonly string[]
}

export interface Selector {
  readonly metric: string
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[]
}

/** Throws where the expression is none. */
export function askedBy(expression: string): Asked {
  const selectors: { metric: string; matchers: Selector['matchers'][number][] }[] = []
  const grouping: string[] = []
  parser.parse(expression).iterate({
    enter({ type, from, to, node }) {
      const text = (of = { from, to }) => expression.slice(of.from, of.to)
      if (type.isError) throw new Error(`"${expression}" is wrong at ${from}`)
      if (type.name === 'VectorSelector') selectors.push({ metric: text(node.firstChild!), matchers: [] })
      else if (type.name === 'UnquotedLabelMatcher') {
        const [label, operator, value] = ['LabelName', 'MatchOp', 'StringLiteral'].map((name) =>
          text(node.getChild(name)!),
        )
        selectors.at(-1)!.matchers.push({ label: label!, operator: operator!, value: value!.slice(1, -1) })
      } else if (type.name === 'LabelName' && node.parent?.name === 'GroupingLabels') grouping.push(text())
    },
  })
  return { selectors, grouping }
}
