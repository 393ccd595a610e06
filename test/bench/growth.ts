import type { Figure } from './figures.ts'

/** How the time per poll grew from `week` to `country`. */
export function growthFigures(week: readonly Figure[], country: readonly Figure[]): Figure[] {
  return ['report per poll', 'import per poll'].flatMap((name) => {
    const before = week.find((figure) => figure.name === name)
    const after = country.find((figure) => figure.name === name)
    if (!before?.ours || !after?.ours) return []
    return {
      name: `growth: ${name}`,
      unit: 'ns',
      ours: after.ours,
      baseline: { name: 'week', value: before.ours },
      goal: { of: 'ratio', most: 1.3 },
    } satisfies Figure
  })
}
