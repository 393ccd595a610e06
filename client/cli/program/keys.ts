import { Option, type Command } from 'commander'
import { roles } from '../../../shared/role.ts'
import type { CreateKeyOptions, KeysOptions, RevokeKeyOptions } from '../commands/keys.ts'
import type { RevokeSessionOptions, SessionsOptions } from '../commands/sessions.ts'
import type { Adder } from './adder.ts'
import { wholeNumber } from './options.ts'

/** What manages the keys of those who call a server. */
export function addKeys({ context, addListing, connected, examples }: Adder): void {
  const keys = addListing('keys', 'List the keys of those who call a server; or make or revoke one.')
    .enablePositionalOptions()
    .option('--in-force', 'only those that are taken, none that expired or were revoked')
    .addHelpText(
      'after',
      examples(
        'keys create --name admin --role admin',
        'keys create --name soup-owners --role viewer --group chain=Soup --expires 90d',
        'keys revoke soup-owners --reason left',
      ),
    )
    .action(async (options: KeysOptions) => {
      const { runKeys } = await import('../commands/keys.ts')
      await runKeys(context, options)
    })

  connected(
    keys.command('list').description('List keys, the newest first; never the keys themselves.'),
  ).action(async (_: unknown, command: Command) => {
    const { runKeys } = await import('../commands/keys.ts')
    await runKeys(context, command.optsWithGlobals<KeysOptions>())
  })

  connected(keys.command('whoami').description('Tell whose key this is, and what it may.'))
    .option('--json', 'write it as a line of JSON')
    .action(async (_: unknown, command: Command) => {
      const { runWhoAmI } = await import('../commands/whoami.ts')
      await runWhoAmI(context, command.optsWithGlobals<KeysOptions>())
    })

  connected(keys.command('create').description('Make a key, and tell it, this once.'))
    .requiredOption('--name <name>', 'what it is called')
    .addOption(
      new Option(
        '--role <role>',
        'what it may: read, bring data in, both and change stores, or manage keys, too',
      )
        .choices(roles)
        .makeOptionMandatory(),
    )
    .option('--group <label=value...>', 'only for stores that are in all of these groups')
    .option(
      '--expires <duration or time>',
      'when it expires, such as 90d or 2027-01-01 (default: it does not)',
    )
    .option('--by <name>', 'who makes it')
    .option('--reason <text>', 'why')
    .addOption(new Option('--format <format>', 'write it as a line of JSON').choices(['json']))
    .option('--json', 'the same as --format json')
    .action(async (_: unknown, command: Command) => {
      const { runCreateKey } = await import('../commands/keys.ts')
      await runCreateKey(context, command.optsWithGlobals<CreateKeyOptions>())
    })

  connected(keys.command('revoke').description('Revoke a key: it is taken no more.'))
    .argument('<name>', 'the key')
    .option('--by <name>', 'who revokes it')
    .option('--reason <text>', 'why')
    .action(async (name: string, _: unknown, command: Command) => {
      const { runRevokeKey } = await import('../commands/keys.ts')
      await runRevokeKey(context, command.optsWithGlobals<RevokeKeyOptions>(), name)
    })
}

/** What manages the sessions of those who signed in. */
export function addSessions({ context, addListing, connected, examples }: Adder): void {
  const sessions = addListing('sessions', 'List the sessions of those who signed in on the page; or end one.')
    .enablePositionalOptions()
    .addHelpText('after', examples('sessions', 'sessions revoke 7 --reason left'))
    .action(async (options: SessionsOptions) => {
      const { runSessions } = await import('../commands/sessions.ts')
      await runSessions(context, options)
    })

  connected(sessions.command('list').description('List those that have not ended, the newest first.')).action(
    async (_: unknown, command: Command) => {
      const { runSessions } = await import('../commands/sessions.ts')
      await runSessions(context, command.optsWithGlobals<SessionsOptions>())
    },
  )

  connected(sessions.command('revoke').description('End a session: whoever has it has to sign in again.'))
    .argument('<session>', 'its number', wholeNumber)
    .option('--by <name>', 'who ends it')
    .option('--reason <text>', 'why')
    .action(async (sessionId: number, _: unknown, command: Command) => {
      const { runRevokeSession } = await import('../commands/sessions.ts')
      await runRevokeSession(context, command.optsWithGlobals<RevokeSessionOptions>(), sessionId)
    })
}
