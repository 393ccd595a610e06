import { SingleBar } from 'cli-progress'
import type { CommandContext } from './context.ts'
import type { ProgressDisplay } from './progress-display.ts'

/** A bar for each label, one below the other. */
export function createBars({ stderr }: CommandContext): ProgressDisplay {
  let bar: SingleBar | undefined
  let shown: string | undefined
  return {
    show({ label, done, total, amount }) {
      if (label !== shown) {
        bar?.stop()
        bar = new SingleBar({
          stream: stderr,
          format: '{label} [{bar}] {percentage} %  {amount}',
          barsize: 24, // so that the line fits into 80 columns
          emptyOnZero: true,
          linewrap: true,
          gracefulExit: false, // Ctrl-C is ours
        })
        bar.start(total, done, { label: label.padEnd(20), amount })
        shown = label
      }
      bar?.setTotal(total)
      bar?.update(done, { amount })
    },
    [Symbol.dispose]() {
      bar?.stop()
    },
  }
}
