import type { StoreId } from '../../../shared/ids.ts'
import { AppError } from '../../../shared/app-error.ts'
import { isLabel, labelOf, maxLabelLength, maxLabels } from '../../../shared/label.ts'
import { storeIdPattern } from '../../../shared/store-id-pattern.ts'
import type { StoreDetails } from '../../database/store-details.ts'
import type { HeaderOf } from '../csv/header.ts'
import { quoted, storeIdProblem, columnTextProblem, type RowCollector } from './row-collector.ts'

/** Collects the rows of a file of store details. The last row of a store counts. */
export function createStoreDetailsRows(header: HeaderOf<'store-details'>): RowCollector<StoreDetails[]> {
  const { store_id, name } = header.columns
  const labels = labelsOf(header)
  const stores = new Map<string, StoreDetails>()
  let size = 0

  return {
    take(fields) {
      const storeId = fields[store_id]!.trim()
      if (!storeIdPattern.test(storeId)) return storeIdProblem(storeId)
      const nameText = fields[name]!.trim()
      const values = labels.map(({ label, place }) => [label, fields[place]!.trim()] as const)
      for (const [column, text] of [['name', nameText] as const, ...values]) {
        const problem = columnTextProblem(column, text)
        if (problem !== undefined) return problem
      }
      stores.set(storeId, {
        storeId: storeId as StoreId,
        name: nameText === '' ? null : nameText,
        labels: Object.fromEntries(values),
        rows: 1,
      })
      size++
      return undefined
    },
    size: () => size,
    storeCount: () => stores.size,
    steps: () => [
      { rows: size, prepare: () => [...stores.values()].sort((a, b) => (a.storeId < b.storeId ? -1 : 1)) },
    ],
  }
}

/** The columns that are labels. Throws an AppError where one cannot be, where there are too many, or one is there twice. */
function labelsOf({ columns, names }: HeaderOf<'store-details'>): readonly LabelColumn[] {
  const labels = new Map<string, LabelColumn>()
  for (const [place, name] of names.entries()) {
    if (place === columns.store_id || place === columns.name || name === '') continue
    const label = labelOf(name)
    const other = labels.get(label)
    if (other !== undefined) throw twice(names[other.place]!, name)
    if (!isLabel(label)) throw noLabel(name)
    labels.set(label, { label, place })
  }
  if (labels.size <= maxLabels) return [...labels.values()]
  throw new AppError(
    'invalid',
    `the file has ${labels.size} columns of labels, and may have ${maxLabels}: leave out those that name no groups`,
  )
}

interface LabelColumn {
  readonly label: string
  readonly place: number
}

function twice(name: string, other: string): AppError {
  return new AppError('invalid', `the columns "${name}" and "${other}" are the same label: keep one of them`)
}

function noLabel(name: string): AppError {
  return new AppError(
    'invalid',
    `the column ${quoted(name)} cannot be a label: rename it to ${maxLabelLength} characters at most, without = and commas`,
  )
}
