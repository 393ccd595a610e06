import type { CommandContext } from './context.ts'

/** How the program was started, for what it tells people to type: by npx, as in a clone, or by its own name. */
export function commandAsStarted(environment: CommandContext['environment'], isClone: boolean): string {
  const isOfNpm = environment['npm_command'] !== undefined
  return isClone || isOfNpm ? 'npx store-monitor' : 'store-monitor'
}

/** A command to paste into the terminal: started as this one was, with quotes where a shell would take words apart. */
export function hint({ command, platform }: CommandContext, ...words: readonly string[]): string {
  return [command, ...words.map((word) => shellWord(word, platform))].join(' ')
}

/** A message of the service, which names commands as an installed package has them, with the command as it was started. */
export function withCommandAsStarted(message: string, { command }: Pick<CommandContext, 'command'>): string {
  return message.replaceAll(/(?<=[("])store-monitor (?=[a-z])/g, `${command} `)
}

/** Likewise, and with flags that lead the commands to the same data. */
export function withCommandAndFlags(
  message: string,
  context: CommandContext,
  flags: readonly string[],
): string {
  return message.replaceAll(/(?<=")store-monitor ([a-z-]+)(?=")/g, (_, name: string) =>
    hint(context, name, ...flags),
  )
}

function shellWord(word: string, platform: NodeJS.Platform): string {
  if (platform === 'win32') return /^[\w+./\\:=@-]+$/.test(word) ? word : `"${word}"`
  return /^[\w%+,./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
