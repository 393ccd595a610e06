/** Writes the page that `man store-monitor` shows, from what the commands say of themselves. */
import type { Argument, Command, Option } from 'commander'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandContext } from '../client/cli/context.ts'
import { exitCodeHelp } from '../client/cli/exit-code.ts'
import { createProgram } from '../client/cli/program.ts'
import { addShellCommands } from '../client/cli/shell-commands.ts'
import { describeSettings } from '../server/config.ts'

const root = join(import.meta.dirname, '..')
const { version, description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
  description: string
}

writeFileSync(join(root, 'dist/store-monitor.1'), manPage())

function manPage(): string {
  // Only what the help is made of.
  const context = { version, command: 'store-monitor' } as CommandContext
  const program = createProgram(context)
  addShellCommands(program, context)
  return [
    `.TH STORE\\-MONITOR 1 "" "store\\-monitor ${escaped(version)}" "User Commands"`,
    section('NAME', `store\\-monitor \\- ${escaped(description)}`),
    section('SYNOPSIS', '.B store\\-monitor\n.I command\n[options]'),
    section('DESCRIPTION', verbatim(textAfter(program))),
    section('COMMANDS', commandsOf(program).map(commandText).join('\n')),
    section('ENVIRONMENT', describeSettings().map(settingText).join('\n')),
    section('EXIT STATUS', verbatim(exitCodeHelp.replace(/^\s*Exit codes:\n/, ''))),
    '',
  ].join('\n')
}

function section(name: string, text: string): string {
  return `.SH "${name}"\n${text}`
}

/** All that are called by a name, below others, too. */
function commandsOf(command: Command): Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .flatMap((one) => [one, ...commandsOf(one)])
}

function commandText(command: Command): string {
  const help = command.createHelp()
  const items: readonly (Argument | Option)[] = [
    ...help.visibleArguments(command),
    ...help.visibleOptions(command),
  ]
  const after = textAfter(command)
  return [
    `.SS "${escaped(help.commandUsage(command).replace(/^store-monitor /, ''))}"`,
    line(command.description()),
    ...items.map((item) => entry('flags' in item ? item.flags : item.name(), describe(item, help))),
    ...(after === '' ? [] : ['.PP', verbatim(after)]),
  ].join('\n')
}

function describe(item: Argument | Option, help: ReturnType<Command['createHelp']>): string {
  return 'flags' in item ? help.optionDescription(item) : help.argumentDescription(item)
}

function settingText({ variables, description, defaultText }: ReturnType<typeof describeSettings>[number]) {
  return entry(variables.join(', '), `${description} (default: ${defaultText})`)
}

/** What the help of a command has behind its options. */
function textAfter(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp()
  return text.replace(command.helpInformation(), '').replace(exitCodeHelp, '').trim()
}

function entry(name: string, text: string): string {
  return `.TP\n.B "${escaped(name).replaceAll('"', '""')}"\n${line(text)}`
}

function verbatim(text: string): string {
  return `.nf\n${text.split('\n').map(line).join('\n')}\n.fi`
}

/** A line of text, which no macro is taken from. */
function line(text: string): string {
  return escaped(text).replace(/^(?=[.'])/, '\\&')
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-')
}
