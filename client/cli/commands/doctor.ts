import { resolve } from 'node:path'
import type { Finding } from '../../../server/observe/doctor/doctor.ts'
import type { SettingOrigin } from '../../../server/setting-origins.ts'
import type { CommandContext, MessageOptions } from '../context.ts'
import { EndsWith } from '../exit-code.ts'
import { printable, printJson, printTable } from '../output.ts'
import { readSettings } from '../place.ts'

export interface DoctorOptions extends MessageOptions {
  readonly database?: string
  readonly config?: string
  readonly json?: true
}

/** Looks whether all is well on this machine, and says what to do where it is not. */
export async function runDoctor(context: CommandContext, options: DoctorOptions): Promise<void> {
  const { findings, settings } = await examined(context, options)
  if (options.json) await printJson(context, [...findings, ...settings])
  else await print(context, findings, settings)
  if (findings.some(({ state }) => state === 'failed')) throw new EndsWith(1)
}

interface Examined {
  readonly findings: readonly Finding[]
  readonly settings: readonly SettingOrigin[]
}

async function examined(context: CommandContext, { database, config }: DoctorOptions): Promise<Examined> {
  const { settingOrigins, unknownVariables } = await import('../../../server/setting-origins.ts')
  const { examinePlace } = await import('../../../server/observe/doctor/doctor.ts')
  const variables = unknownVariables(context.environment).map(unknownVariable)
  const flags = { databaseUrl: database }
  const read = await readSettings(context, { ...flags, config }).catch((error: unknown) => error as Error)
  if (read instanceof Error) {
    const broken = { check: 'settings', state: 'failed', what: read.message, remedy: null } as const
    return { findings: [broken, ...variables], settings: [] }
  }
  const { file } = read
  const from = file === undefined ? 'there is no configuration file' : `${resolve(file.path)} is right`
  const { databaseUrl } = read.config
  const { now } = context
  return {
    findings: [
      { check: 'settings', state: 'ok', what: from, remedy: null },
      ...variables,
      ...(await examinePlace({ databaseUrl, now, versions: process.versions })),
    ],
    settings: settingOrigins(read.config, context.environment, flags, file?.settings),
  }
}

function unknownVariable({
  name,
  nearest,
}: {
  readonly name: string
  readonly nearest: string | undefined
}): Finding {
  return {
    check: 'variable',
    state: 'warning',
    what: `${name} is set, and is no setting`,
    remedy: nearest === undefined ? 'docs/operations.md lists them' : `is ${nearest} meant?`,
  }
}

async function print(
  context: CommandContext,
  findings: readonly Finding[],
  settings: readonly SettingOrigin[],
): Promise<void> {
  await printTable(
    context,
    [
      { head: 'STATE', cell: ({ state }) => state },
      { head: 'CHECK', cell: ({ check }) => check },
      { head: 'WHAT', cell: ({ what, remedy }) => printable(remedy === null ? what : `${what}: ${remedy}`) },
    ],
    findings,
  )
  if (settings.length === 0) return
  context.stdout.write('\n')
  await printTable(
    context,
    [
      { head: 'SETTING', cell: ({ setting }) => setting },
      { head: 'VALUE', cell: ({ value }) => printable(value) },
      { head: 'FROM', cell: ({ from }) => printable(from) },
    ],
    settings,
  )
}
