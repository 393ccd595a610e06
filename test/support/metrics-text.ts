/** A metric, as the text for Prometheus tells it. */
export interface ShownMetric {
  readonly name: string
  readonly help: string
  readonly type: string
  /** Without `le` of histograms. */
  readonly labels: ReadonlySet<string>
}

/** The metrics that a text has, by their names; series of a histogram are under its name. */
export function metricsIn(text: string): Map<string, ShownMetric> {
  const metrics = new Map<string, ShownMetric & { labels: Set<string> }>()
  const helps = new Map(
    Array.from(text.matchAll(/^# HELP (\S+) (.*)$/gm), ([, name, help]) => [name!, help!]),
  )
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\w+)$/gm)) {
    metrics.set(name, { name, help: helps.get(name) ?? '', type, labels: new Set() })
  }
  for (const [, series = '', labels = ''] of text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? \S+$/gm)) {
    const metric = metrics.get(series) ?? metrics.get(series.replace(/_(?:bucket|sum|count)$/, ''))
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) if (label !== 'le') metric?.labels.add(label)
  }
  return metrics
}
