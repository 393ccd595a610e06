/**
 * Keys of groups: what they ask for is kept to the stores of their groups before it is looked at. An operation says by which of its
 * fields that is done; one that says nothing is refused to them.
 */
import { AppError } from '../../shared/app-error.ts'
import type { StoreLabel } from '../../shared/group.ts'
import { givenReportId, storeId as storeIdSchema } from '../../shared/ids.ts'
import { writtenLabel } from '../../shared/label.ts'
import type { Db } from '../database/connect.ts'
import { storeOfCorrection, noSuchCorrection } from '../database/correction-records.ts'
import { isLabelled } from '../database/labelled.ts'
import { labelsOf } from '../database/labels-text.ts'
import { getReport, noSuchReport } from '../database/reports.ts'
import { NoSuchStore } from '../database/stores.ts'
import { calledInWords, type Principal } from './principal.ts'

/**
 * `labels`: the groups are added to those that are asked for. `storeId`, `storeIds`, `reportId` and `correctionId`: what is named has to
 * be of the groups, or is as unknown as what there never was. `store or labels`: one of them is given, and not all stores are meant.
 * `no labels`: labels are not changed. `itself`: the handler does it.
 */
export type KeepsBy =
  'labels' | 'storeId' | 'storeIds' | 'reportId' | 'correctionId' | 'store or labels' | 'no labels' | 'itself'

type Fields = Readonly<Record<string, unknown>>

/** What a caller asks for, as it was written, kept to its groups. Throws where it asks for what is not of them. */
export async function keptToGroups(
  db: Db,
  principal: Principal,
  keepsBy: readonly KeepsBy[] | undefined,
  fields: Fields,
): Promise<Fields> {
  const { groups } = principal
  if (groups.length === 0) return fields
  const kept = { ...fields }
  for (const by of requireKeepsBy(principal, keepsBy))
    Object.assign(kept, await keptBy[by](db, principal, kept))
  return kept
}

/** Throws where an operation is not for keys of groups. */
export function requireKeepsBy(
  principal: Principal,
  keepsBy: readonly KeepsBy[] | undefined,
): readonly KeepsBy[] {
  if (keepsBy !== undefined || principal.groups.length === 0) return keepsBy ?? []
  throw notForGroups(principal)
}

type Keep = (db: Db, principal: Principal, fields: Fields) => Promise<Fields> | Fields

const nothingElse: Fields = {}
const reportNames = ['reportId', 'report_id', 'compareWith', 'compare_with'] as const

// Fields are called otherwise over REST, where others than are known may be there, too: both names are looked at.

const keptBy: Readonly<Record<KeepsBy, Keep>> = {
  labels: (_, { groups }, { labels }) => ({ labels: [...listOf(labels), ...groups.map(writtenLabel)] }),
  async storeId(db, { groups }, fields) {
    await requireStores(db, groups, [fields['storeId'], fields['store_id']])
    return nothingElse
  },
  async storeIds(db, { groups }, fields) {
    await requireStores(db, groups, [...listOf(fields['storeIds']), ...listOf(fields['store_id'])])
    return nothingElse
  },
  async reportId(db, { groups }, fields) {
    for (const name of reportNames) await requireReport(db, groups, fields[name])
    return nothingElse
  },
  async correctionId(db, { groups }, fields) {
    for (const name of ['correctionId', 'correction_id']) await requireCorrection(db, groups, fields[name])
    return nothingElse
  },
  async 'store or labels'(db, principal, fields) {
    if (fields['all'] !== undefined) throw notForGroups(principal)
    if (fields['labels'] !== undefined) return keptBy.labels(db, principal, fields)
    return keptBy.storeId(db, principal, fields)
  },
  'no labels'(_, principal, { labels }) {
    if (Object.keys(labels ?? {}).length === 0) return nothingElse
    throw new AppError(
      'forbidden',
      `labels: ${calledInWords(principal)} may not change them, as they say whose stores are whose`,
    )
  },
  itself: () => nothingElse,
}

function notForGroups(principal: Principal): AppError {
  return new AppError(
    'forbidden',
    `${calledInWords(principal)} is for the stores of ${principal.groups.map(writtenLabel).join(', ')}, and this is about all stores`,
  )
}

function listOf(given: unknown): unknown[] {
  return given === undefined ? [] : [given].flat()
}

/** What is not written as an id is for the operation itself to refuse. */
async function requireStores(
  db: Db,
  groups: readonly StoreLabel[],
  given: readonly unknown[],
): Promise<void> {
  for (const text of given) {
    const { data: storeId } = storeIdSchema.safeParse(text)
    if (storeId !== undefined && !(await isLabelled(db, storeId, groups))) throw new NoSuchStore(storeId)
  }
}

async function requireReport(db: Db, groups: readonly StoreLabel[], given: unknown): Promise<void> {
  const { data: reportId } = givenReportId.safeParse(given)
  if (reportId === undefined) return
  const labels = labelsOf(await getReport(db, reportId)).map(writtenLabel)
  if (!groups.every((group) => labels.includes(writtenLabel(group)))) throw noSuchReport(reportId)
}

async function requireCorrection(db: Db, groups: readonly StoreLabel[], given: unknown): Promise<void> {
  if (given === undefined) return
  const correctionId = Number(given)
  if (!Number.isSafeInteger(correctionId)) return
  const storeId = await storeOfCorrection(db, correctionId)
  if (storeId === undefined || !(await isLabelled(db, storeId, groups))) throw noSuchCorrection(correctionId)
}
