/** Options of all commands that people write before the command, too. */
const flags = ['-q', '--quiet', '--debug']
const flagsWithValue = ['--url', '--key', '--database', '--workers', '--config']

/** The same arguments, with such options behind the command: `-q report` is `report -q`. */
export function withCommandFirst(args: readonly string[]): string[] {
  const first = leadingOptions(args)
  const [command, ...rest] = args.slice(first)
  if (command === undefined || command.startsWith('-')) return [...args]
  return [command, ...args.slice(0, first), ...rest]
}

function leadingOptions(args: readonly string[]): number {
  let count = 0
  for (;;) {
    const arg = args[count] ?? ''
    if (flags.includes(arg) || flagsWithValue.some((flag) => arg.startsWith(`${flag}=`))) count++
    else if (flagsWithValue.includes(arg)) count += 2
    else return Math.min(count, args.length)
  }
}
