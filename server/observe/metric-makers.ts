import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client'

/** Makes metrics of ours, in a registry. */
export function metricMakers(registry: Registry) {
  function about<Label extends string>(name: string, help: string, labelNames: readonly Label[]) {
    return { name: `store_monitor_${name}`, help, labelNames, registers: [registry] }
  }
  return {
    counter: <Label extends string>(name: string, help: string, labels: readonly Label[]) =>
      new Counter<Label>(about(name, help, labels)),
    gauge: <Label extends string>(name: string, help: string, labels: readonly Label[] = []) =>
      new Gauge<Label>(about(name, help, labels)),
    histogram: <Label extends string>(
      name: string,
      help: string,
      { labels, buckets }: { readonly labels: readonly Label[]; readonly buckets: number[] },
    ) => new Histogram<Label>({ ...about(name, help, labels), buckets }),
  }
}
