import { inputOf } from '../../use-report.ts'
import type { View } from '../../view.ts'

/** How the view wants a store to be judged; its groups are not of one store. */
export function judgingOf(view: View) {
  const { labels: _, ...judging } = inputOf(view)
  return judging
}
