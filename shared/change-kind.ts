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
] as const
export type ChangeKind = (typeof changeKinds)[number]
