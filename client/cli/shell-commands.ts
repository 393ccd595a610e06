/** What is about the program itself, and not about data. */
import type { Command } from 'commander'
import type { CommandContext } from './context.ts'
import { createProgram } from './program.ts'

const shells = ['bash', 'zsh', 'fish'] as const

export function addShellCommands(program: Command, context: CommandContext): void {
  addShownCommands(program, context)
  // What these scripts call.
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words: string[]) => {
      const { completionsOf } = await import('./commands/completion.ts')
      context.stdout.write(completionsOf(shownProgram(context), words))
    })
}

function addShownCommands(program: Command, context: CommandContext): void {
  program
    .helpCommand(false)
    .command('help')
    .description('Show what a command does and takes.')
    .argument('[command...]')
    .action((names: string[]) => commandOf(program, names).outputHelp())

  program
    .command('version')
    .description('Show the version of the program, and of what it computes with.')
    .action(() => {
      const { node, tz = 'unknown' } = process.versions
      context.stdout.write(`store-monitor ${context.version} (Node.js ${node}, zone data ${tz})\n`)
    })

  const completion = program
    .command('completion')
    .description('Write what makes a shell complete commands and options.')
    .addHelpText(
      'after',
      `
Examples:
  source <(${context.command} completion bash)                           for this shell
  ${context.command} completion zsh > "\${fpath[1]}/_store-monitor"       for zsh, from its next start on
  ${context.command} completion fish > ~/.config/fish/completions/store-monitor.fish`,
    )
  completion
    .addArgument(completion.createArgument('<shell>', 'the shell').choices(shells))
    .action(async (shell: string) => {
      const { completionScript } = await import('./commands/completion.ts')
      context.stdout.write(completionScript(shownProgram(context), shell))
    })
}

/** What `--help` has. */
function shownProgram(context: CommandContext): Command {
  const program = createProgram(context)
  addShownCommands(program, context)
  return program
}

/** Ends the program with an error where there is no such command. */
function commandOf(program: Command, names: readonly string[]): Command {
  return names.reduce((command, name) => {
    const found = command.commands.find((one) => one.name() === name)
    return found ?? command.error(`error: unknown command '${name}'`, { code: 'commander.unknownCommand' })
  }, program)
}
