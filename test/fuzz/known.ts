import fc from 'fast-check'

/** What was answered and can be asked for: ids, cursors. It grows while requests are made. */
export interface Known {
  /** A value for a field of that name, of those that are known when it is generated; undefined of fields that have none. */
  valueOf(field: string): fc.Arbitrary<unknown> | undefined
  /** Keeps what an answer has of such fields. */
  learn(answer: unknown): void
  /** Instead of all that is known of these kinds. */
  renew(values: Readonly<Record<string, readonly unknown[]>>): void
}

const MOST_OF_A_KIND = 20

/** Fields whose values are of one kind. */
const kindOf: Readonly<Record<string, string>> = {
  store_id: 'storeId',
  storeId: 'storeId',
  storeIds: 'storeId',
  text: 'storeId',
  report_id: 'reportId',
  reportId: 'reportId',
  import_id: 'importId',
  importId: 'importId',
  correction_id: 'correctionId',
  correctionId: 'correctionId',
  cursor: 'cursor',
  nextCursor: 'cursor',
  from: 'instant',
  to: 'instant',
  at: 'instant',
  as_of: 'instant',
  asOf: 'instant',
  since: 'instant',
  until: 'instant',
  validFrom: 'instant',
  timestampUtc: 'instant',
  labels: 'group',
  start: 'localTime',
  end: 'localTime',
  status: 'status',
  timezone: 'zone',
}

const learnt: ReadonlySet<string> = new Set(['importId', 'correctionId', 'cursor', 'reportId'])

export function createKnown(): Known {
  const values = new Map<string, unknown[]>([
    [
      'instant',
      ['2023-01-16T00:00Z', '2023-01-17T00:00Z', '2023-01-20T12:00:00Z', '2023-01-18', '2023-01-19'],
    ],
    ['group', ['city=Bonn', 'chain=Soup']],
    ['localTime', ['09:00', '17:00:00', '24:00', '9:30 PM']],
    ['status', ['active', 'inactive']],
    ['zone', ['America/Chicago', 'UTC']],
    ['importId', [1]],
    ['correctionId', [1]],
    ['cursor', ['']],
  ])

  function keep(kind: string, value: unknown): void {
    const ofKind = values.get(kind)!
    if (value === null || ofKind.includes(value)) return
    ofKind.push(value)
    if (ofKind.length > MOST_OF_A_KIND) ofKind.splice(2, 1)
  }

  return {
    valueOf(field) {
      const kind = kindOf[field]
      return kind === undefined
        ? undefined
        : fc.nat().map((i) => {
            const ofKind = values.get(kind) ?? []
            return ofKind[i % ofKind.length] ?? ''
          })
    },
    learn(answer) {
      if (typeof answer !== 'object' || answer === null) return
      for (const [field, value] of Object.entries(answer)) {
        const kind = kindOf[field]
        if (typeof value === 'object') this.learn(value)
        else if (kind !== undefined && learnt.has(kind)) keep(kind, value)
      }
    },
    renew(fresh) {
      for (const [kind, of] of Object.entries(fresh)) values.set(kind, [...of])
    },
  }
}
