import type { CorrectionKind } from '../../../shared/correction-kind.ts'
import type { Correction } from '../../../shared/correction.ts'
import { withConnection, type ConnectionOptions } from '../connection.ts'
import type { CommandContext } from '../context.ts'
import { printPages, type ListOptions } from '../listing.ts'
import { printJson, printTable, type TableColumn } from '../output.ts'

type Options = ConnectionOptions & ListOptions

export interface CorrectionListOptions extends Options {
  readonly store?: string
  readonly inForce?: true
  /** Each as label=value. */
  readonly group?: string[]
}

export interface AddCorrectionOptions extends Options {
  readonly from: string
  readonly to: string
  readonly kind: CorrectionKind
  readonly reason: string
  readonly author?: string
}

export interface RevokeOptions extends Options {
  readonly by?: string
  readonly reason?: string
}

const columns: readonly TableColumn<Correction>[] = [
  { head: 'NUMBER', cell: ({ correctionId }) => String(correctionId), align: 'right' },
  { head: 'STORE', cell: ({ storeId }) => storeId },
  { head: 'KIND', cell: ({ kind }) => kind },
  { head: 'FROM', cell: ({ from }) => from },
  { head: 'TO', cell: ({ to }) => to },
  { head: 'AUTHOR', cell: ({ author }) => author ?? '' },
  { head: 'REVOKED', cell: ({ revokedAt }) => revokedAt ?? '' },
  { head: 'REASON', cell: ({ reason }) => reason.replaceAll(/\s+/g, ' ') },
]

export async function runCorrections(context: CommandContext, options: CorrectionListOptions): Promise<void> {
  const { store, inForce, group } = options
  const only = {
    ...(store === undefined ? {} : { storeId: store }),
    ...(group === undefined ? {} : { labels: group }),
    ...(inForce ? { state: 'in-force' as const } : {}),
  }
  await withConnection(context, options, ({ client }) =>
    printPages(context, options, columns, (page) => client.correction.list.query({ ...page, ...only })),
  )
}

export async function runAddCorrection(
  context: CommandContext,
  options: AddCorrectionOptions,
  storeId: string,
): Promise<void> {
  const { from, to, kind, reason, author = null } = options
  await withConnection(context, options, async ({ client }) => {
    await print(
      context,
      options,
      await client.correction.create.mutate({ storeId, from, to, kind, reason, author }),
    )
  })
}

export async function runRevokeCorrection(
  context: CommandContext,
  options: RevokeOptions,
  correctionId: number,
): Promise<void> {
  const { by = null, reason = null } = options
  await withConnection(context, options, async ({ client }) => {
    await print(context, options, await client.correction.revoke.mutate({ correctionId, by, reason }))
  })
}

async function print(context: CommandContext, { json }: Options, correction: Correction): Promise<void> {
  if (json) await printJson(context, [correction])
  else await printTable(context, columns, [correction])
}
