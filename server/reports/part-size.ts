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
