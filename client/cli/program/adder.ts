import { Option, type Command } from 'commander'
import type { ConnectionOptions } from '../connection.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import type { ListOptions } from '../listing.ts'
import { dateMeant, instantMeant, zoneOfMachine } from '../times.ts'
import { configDescription, wholeNumber } from './options.ts'

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
    timeOption: (flags, description) =>
      optionInWords(flags, description, (text) => instantMeant(text, context.now())),
    dateOption: (flags, description) =>
      optionInWords(flags, description, (text) => dateMeant(text, context.now())),
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
