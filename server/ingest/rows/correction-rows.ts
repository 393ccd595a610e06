import { correctionKinds } from '../../../shared/correction-kind.ts'
import type { StoreId } from '../../../shared/ids.ts'
import { storeIdPattern } from '../../../shared/store-id-pattern.ts'
import { parseTimestamp, timestampForms } from '../../../shared/timestamp.ts'
import type { NewCorrection } from '../../database/corrections.ts'
import type { HeaderOf } from '../csv/header.ts'
import { quoted, storeIdProblem, columnTextProblem, type RowCollector } from './row-collector.ts'

/** Collects the rows of a file of corrections. One that is there twice counts once. */
export function createCorrectionRows(header: HeaderOf<'corrections'>): RowCollector<NewCorrection[]> {
  const { store_id, from_utc, to_utc, kind, reason, author } = header.columns
  const corrections = new Map<string, NewCorrection>()
  let size = 0

  return {
    take(fields) {
      const correction = parseCorrection({
        storeId: fields[store_id]!.trim(),
        from: fields[from_utc]!.trim(),
        to: fields[to_utc]!.trim(),
        kind: fields[kind]!.trim(),
        reason: fields[reason]!.trim(),
        author: author === undefined ? '' : fields[author]!.trim(),
      })
      if (typeof correction === 'string') return correction
      const { author: _, ...same } = correction
      const name = JSON.stringify(same)
      if (!corrections.has(name)) corrections.set(name, correction)
      size++
      return undefined
    },
    size: () => size,
    storeCount: () => size, // not more, at least
    steps: () => [
      {
        rows: size,
        prepare: () =>
          [...corrections.values()].sort((a, b) =>
            a.storeId < b.storeId ? -1 : a.storeId > b.storeId ? 1 : 0,
          ),
      },
    ],
  }
}

interface CorrectionFields {
  readonly storeId: string
  readonly from: string
  readonly to: string
  readonly kind: string
  readonly reason: string
  readonly author: string
}

function parseCorrection({ storeId, from, to, ...fields }: CorrectionFields): NewCorrection | string {
  if (!storeIdPattern.test(storeId)) return storeIdProblem(storeId)
  const fromMs = parseTimestamp(from)
  if (Number.isNaN(fromMs)) return `from_utc ${quoted(from)} is not an instant: write ${timestampForms}`
  const toMs = parseTimestamp(to)
  if (Number.isNaN(toMs)) return `to_utc ${quoted(to)} is not an instant: write ${timestampForms}`
  if (fromMs >= toMs)
    return `from_utc ${quoted(from)} is not before to_utc ${quoted(to)}: a correction ends after it begins`
  const kind = correctionKinds.find((kind) => kind === fields.kind.toLowerCase())
  if (kind === undefined) return `kind ${quoted(fields.kind)} is none of ${correctionKinds.join(', ')}`
  const { reason, author } = fields
  if (reason === '') return 'reason is empty: say why the correction is made'
  const problem = columnTextProblem('reason', reason) ?? columnTextProblem('author', author)
  if (problem !== undefined) return problem
  return { storeId: storeId as StoreId, fromMs, toMs, kind, reason, author: author === '' ? null : author }
}
