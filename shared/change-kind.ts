/** What changed the data. */
export const changeKinds = [
  'import',
  'business-hours',
  'timezone',
  'special-hours',
  'details',
  'correction',
  'correction-revoked',
  'polls-deleted',
  'store-deleted',
  'key-created',
  'key-revoked',
] as const
export type ChangeKind = (typeof changeKinds)[number]

/** Those that are of no store. */
export const changeKindsOfKeys = ['key-created', 'key-revoked'] as const satisfies readonly ChangeKind[]

export function isOfKeys(kind: ChangeKind): boolean {
  return changeKindsOfKeys.some((one) => one === kind)
}
