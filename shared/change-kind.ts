/** What changed the data. */
export const changeKinds = [
  'import',
  'business-hours',
  'timezone',
  'special-hours',
  'details',
  'revenue',
  'correction',
  'correction-revoked',
  'polls-deleted',
  'store-deleted',
  'key-created',
  'key-revoked',
  'reports-deleted',
  'rejected-rows-deleted',
  'session-revoked',
  'alert-rules',
] as const
export type ChangeKind = (typeof changeKinds)[number]

/** Those that change nothing of what reports are made of. */
export const changeKindsBesidesData = [
  'revenue',
  'key-created',
  'key-revoked',
  'reports-deleted',
  'rejected-rows-deleted',
  'session-revoked',
  'alert-rules',
] as const satisfies readonly ChangeKind[]

/** Those of them that are of keys, people or rules. */
const changeKindsOfKeys = [
  'key-created',
  'key-revoked',
  'session-revoked',
  'alert-rules',
] as const satisfies readonly ChangeKind[]

export function isOfKeys(kind: ChangeKind): boolean {
  return changeKindsOfKeys.some((one) => one === kind)
}
