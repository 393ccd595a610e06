import type { AlertRulesVersion } from '../../../shared/alert-rules.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import { say, type CommandContext, type MessageOptions } from '../context.ts'
import { formatAmount, printJson, write } from '../output.ts'

type Options = ConnectionOptions & MessageOptions

export interface ApplyRulesOptions extends Options {
  readonly by?: string
  readonly reason?: string
  readonly json?: true
}

export interface ExportRulesOptions extends Options {
  readonly format: 'yaml' | 'json'
  /** The number of a version. */
  readonly of?: number
}

export async function runApplyRules(
  context: CommandContext,
  options: ApplyRulesOptions,
  path: string,
): Promise<void> {
  const { by = null, reason = null } = options
  // Most commands do without.
  const { readAlertRulesFile } = await import('../../../server/config-file/alert-rules-file.ts')
  const rules = await readAlertRulesFile(path)
  await withConnection(context, { ...options, mayCreate: true }, async ({ client }) => {
    const before = await client.alertRule.read.query()
    const applied = await client.alertRule.set.mutate({ rules, by, reason })
    if (options.json) await printJson(context, [applied])
    say(context, options, inWords(before, applied))
  })
}

function inWords(before: AlertRulesVersion, { version, rules }: AlertRulesVersion): string {
  if (version === before.version) return `nothing changed: version ${version} has these rules already`
  return `version ${version} of the rules is in force: ${formatAmount(rules.rules.length, 'rule')}`
}

export async function runExportRules(context: CommandContext, options: ExportRulesOptions): Promise<void> {
  const { format, of } = options
  const { alertRulesText } = await import('../../../server/config-file/alert-rules-file.ts')
  await withConnection(context, options, async ({ client }) => {
    const { rules, version, at } = await client.alertRule.read.query(of === undefined ? {} : { version: of })
    await write(context.stdout, await alertRulesText(rules, format))
    say(
      context,
      options,
      version === 0 ? 'the usual rules: none were applied' : `version ${version}, of ${at}`,
    )
  })
}
