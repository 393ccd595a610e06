import { Option, type Command } from 'commander'
import { interpolations } from '../../../shared/interpolation.ts'
import type { ConnectionOptions } from '../connection.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import type { ListOptions } from '../listing.ts'
import { dateMeant, instantMeant, zoneOfMachine } from '../times.ts'
import { configDescription, correctionsOption, mapOption, wholeNumber } from './options.ts'

export type ConnectedListOptions = ConnectionOptions & ListOptions

/** Adds commands to a program, each with the options of its kind. */
export interface Adder {
  readonly context: CommandContext
  add(nameAndArguments: string, description: string): Command
  /** One that works on a server or a database. */
  addConnected(nameAndArguments: string, description: string): Command
  /** Makes another command such a one: one that stands below a command. */
  connected(command: Command): Command
  /** One that lists what there is. */
  addListing(nameAndArguments: string, description: string): Command
  /** An option whose value is an instant, or a date, that people may write in words: what is meant is said. */
  timeOption(flags: string, description: string): Option
  dateOption(flags: string, description: string): Option
  /** Gives a command the options by which stores are judged, and of what. */
  judging(command: Command): Command
  /** For the end of a help text. */
  examples(...lines: readonly string[]): string
}

export function createAdder(program: Command, context: CommandContext): Adder {
  const meanings: string[] = []
  program.hook('preAction', (_, command) => {
    for (const meaning of meanings) say(context, command.opts<MessageOptions>(), meaning)
  })

  function optionInWords(flags: string, description: string, meant: (text: string) => string): Option {
    const option = new Option(flags, description)
    return option.argParser((text: string) => {
      const meaning = meant(text)
      if (meaning !== text) meanings.push(`${option.long} ${text} is ${meaning} (${zoneOfMachine()})`)
      return meaning
    })
  }

  function added(nameAndArguments: string, description: string): Command {
    return program.command(nameAndArguments).description(description)
  }

  function addConnected(nameAndArguments: string, description: string): Command {
    return connected(added(nameAndArguments, description))
  }

  function timeOption(flags: string, description: string): Option {
    return optionInWords(flags, description, (text) => instantMeant(text, context.now()))
  }

  return {
    context,
    add: (nameAndArguments, description) => withMessages(added(nameAndArguments, description)),
    addConnected,
    connected,
    addListing: (nameAndArguments, description) =>
      addConnected(nameAndArguments, description)
        .option('--limit <count>', 'show so many', wholeNumber, 50)
        .option('--all', 'show all')
        .option('--json', 'write a line of JSON for each'),
    timeOption,
    dateOption: (flags, description) =>
      optionInWords(flags, description, (text) => dateMeant(text, context.now())),
    judging: (command) =>
      command
        .option(
          '--from <path...>',
          'import these files and folders first: in a temporary database unless one is named',
        )
        .addOption(mapOption())
        .addOption(timeOption('--as-of <time>', 'look back from here (default: the latest poll)'))
        .addOption(
          new Option('--interpolation <kind>', 'which poll speaks for a moment (default: nearest)').choices(
            interpolations,
          ),
        )
        .option('--reach <duration>', 'how far from a poll its status counts, 1m to 7d (default: 24h)')
        .addOption(correctionsOption()),
    examples: (...lines) => `\nExamples:\n${lines.map((line) => `  ${context.command} ${line}`).join('\n')}`,
  }
}

function withMessages(command: Command): Command {
  return command
    .option('-q, --quiet', 'say nothing on stderr but errors')
    .option('--debug', 'with an error, show where it comes from')
}

function connected(command: Command): Command {
  return withMessages(command)
    .option('--url <url>', 'the server to work with')
    .option(
      '--key <key>',
      'where it asks for one (or STORE_MONITOR_KEY, which others on this machine do not see)',
    )
    .option('--database <file or URL>', 'the database to work on, where there is no server')
    .option('--workers <count>', 'threads that compute reports; by default one for each processor core')
    .option('--config <file>', configDescription)
}
