import type { PartPlan } from '../database/report-plan.ts'

/** More would make pages of rows slow, as a page reads the part that it is in. */
const MOST_STORES = 2048
/** Fewer take longer to begin than to judge. */
const LEAST_STORES = 256
/** So many that threads which got quicker ones can take others of a slower one. */
const PARTS_PER_WORKER = 4

/** How many stores each part of a report has, which changes none of its bytes: rule 19 of docs/uptime.md. */
export function usualPartSize(storeCount: number, workers: number): number {
  const shared = Math.ceil(storeCount / (workers * PARTS_PER_WORKER))
  return Math.min(MOST_STORES, Math.max(LEAST_STORES, shared))
}

/** Parts that follow each other, which a thread does at once. */
export type PartStretch = readonly [PartPlan, ...PartPlan[]]

/** Deals parts, which are in order, to the workers, at most so many at once. */
export function stretchesOfParts(
  parts: readonly PartPlan[],
  { workers, partsAtOnce }: { readonly workers: number; readonly partsAtOnce: number },
): PartStretch[] {
  const most = Math.min(partsAtOnce, Math.ceil(parts.length / workers))
  const stretches: [PartPlan, ...PartPlan[]][] = []
  for (const part of parts) {
    const stretch = stretches.at(-1)
    const follows = stretch !== undefined && part.part === stretch.at(-1)!.part + 1
    if (follows && stretch.length < most) stretch.push(part)
    else stretches.push([part])
  }
  return stretches
}
