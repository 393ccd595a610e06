import { resolve } from 'node:path'
import type { Finding } from '../../../server/observe/doctor/doctor.ts'
import type { SettingOrigin } from '../../../server/setting-origins.ts'
import type { CommandContext, MessageOptions } from '../context.ts'
import { EndsWith } from '../exit-code.ts'
import { printable, printJson, printTable } from '../output.ts'
import { readSettings, serverUrlOf, type ConnectionOptions } from '../place.ts'

export interface DoctorOptions extends MessageOptions, Omit<ConnectionOptions, 'workers'> {
  readonly json?: true
}

/** Looks whether all is well on this machine, or on a server, and says what to do where it is not. */
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

async function examined(context: CommandContext, options: DoctorOptions): Promise<Examined> {
  const { database, config, url, key } = options
  if (url !== undefined || key !== undefined) return examinedServer(context, options)
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
  const { databaseUrl, host, port, publicUrl } = read.config
  const { environment, now, version } = context
  const provider = file?.oidc && { oidc: file.oidc, environment, version, host, port, publicUrl }
  const telling = file?.alerts && { ...file.alerts, environment }
  return {
    findings: [
      { check: 'settings', state: 'ok', what: from, remedy: null },
      ...variables,
      ...(await examinePlace({ databaseUrl, now, versions: process.versions, provider, telling })),
    ],
    settings: settingOrigins(read.config, context.environment, flags, file?.settings),
  }
}

/** Only one that is named: that of STORE_MONITOR_URL is not meant where somebody looks at this machine. */
async function examinedServer(context: CommandContext, options: DoctorOptions): Promise<Examined> {
  const url = serverUrlOf(context, options)!
  const { examineServer } = await import('../examined-server.ts')
  return { findings: await examineServer(context, { ...options, url }), settings: [] }
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
