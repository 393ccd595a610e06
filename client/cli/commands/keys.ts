import type { AccessKey } from '../../../shared/access-key.ts'
import { AppError } from '../../../shared/app-error.ts'
import { parseDuration } from '../../../shared/duration.ts'
import type { Role } from '../../../shared/role.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext } from '../context.ts'
import { printPages, type ListOptions } from '../listing.ts'
import { printJson, printTable, toTheMinute, write, type TableColumn } from '../output.ts'
import { instantMeant } from '../times.ts'

type Options = ConnectionOptions & ListOptions

export interface KeysOptions extends Options {
  readonly inForce?: true
}

export interface CreateKeyOptions extends Options {
  readonly name: string
  readonly role: Role
  /** Each as label=value. */
  readonly group?: string[]
  readonly expires?: string
  readonly by?: string
  readonly reason?: string
  readonly format?: 'json'
}

export interface RevokeKeyOptions extends Options {
  readonly by?: string
  readonly reason?: string
}

const columns: readonly TableColumn<AccessKey>[] = [
  { head: 'NAME', cell: ({ name }) => name },
  { head: 'KEY', cell: ({ prefix }) => `${prefix}_…` },
  { head: 'ROLE', cell: ({ role }) => role },
  { head: 'GROUPS', cell: ({ labels }) => labels.join(' ') },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'CREATED', cell: ({ createdAt }) => toTheMinute(createdAt) },
  { head: 'EXPIRES', cell: ({ expiresAt }) => toTheMinute(expiresAt) },
  { head: 'LAST USED', cell: ({ lastUsedAt }) => toTheMinute(lastUsedAt) },
]

export async function runKeys(context: CommandContext, options: KeysOptions): Promise<void> {
  const only = options.inForce ? { state: 'in-force' as const } : {}
  await withConnection(context, options, ({ client }) =>
    printPages(context, options, columns, (page) => client.key.list.query({ ...page, ...only })),
  )
}

/** The key itself goes to stdout, for scripts; what there is to know of it, to stderr. */
export async function runCreateKey(context: CommandContext, options: CreateKeyOptions): Promise<void> {
  const { name, role, group: labels, by = null, reason = null, format, json } = options
  const expires = options.expires === undefined ? undefined : expiryOf(options.expires, context.now())
  await withConnection(context, { ...options, mayCreate: true }, async ({ client }) => {
    const created = await client.key.create.mutate({ name, role, labels, expires, by, reason })
    if (json || format === 'json') return printJson(context, [created])
    await write(context.stdout, `${created.key}\n`)
    say(context, options, 'That is the key: it is shown this once, and kept nowhere. Requests send it as')
    say(context, options, `  Authorization: Bearer ${created.prefix}_…`)
    say(
      context,
      options,
      'and commands by STORE_MONITOR_KEY or --key. From now on every request needs a key.',
    )
  })
}

export async function runRevokeKey(
  context: CommandContext,
  options: RevokeKeyOptions,
  name: string,
): Promise<void> {
  const { by = null, reason = null, json } = options
  await withConnection(context, options, async ({ client }) => {
    const revoked = await client.key.revoke.mutate({ name, by, reason })
    if (json) await printJson(context, [revoked])
    else await printTable(context, columns, [revoked])
  })
}

/** `90d` from now on, or an instant. */
function expiryOf(text: string, nowMs: number): string {
  const instant = instantMeant(text, nowMs)
  if (Number.isFinite(Date.parse(instant))) return instant
  try {
    return formatTimestamp(nowMs + parseDuration(text))
  } catch (error) {
    throw new AppError(
      'invalid',
      `--expires: "${text}" is neither a time, such as 2027-01-01, nor a duration, such as 90d`,
      {
        cause: error,
      },
    )
  }
}
