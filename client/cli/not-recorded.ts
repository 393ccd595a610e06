import { say, type CommandContext, type MessageOptions } from './context.ts'
import { formatAmount } from './output.ts'

/** Says how many of what is listed may have touched the store that was asked for, too. */
export function sayNotRecorded(
  context: CommandContext,
  options: MessageOptions,
  { count, thing }: { readonly count: number; readonly thing: string },
  howToList: string,
): void {
  if (count === 0) return
  say(
    context,
    options,
    `${formatAmount(count, thing)} may have changed it, too: made before it was recorded of which stores (${howToList})`,
  )
}
