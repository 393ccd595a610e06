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
  'reports-deleted',
  'rejected-rows-deleted',
  'session-revoked',
  'alert-rules',
] as const
export type ChangeKind = (typeof changeKinds)[number]

/** Those that change nothing of what figures are made of, and of no store. */
export const changeKindsBesidesData = [
  'key-created',
  'key-revoked',
  'reports-deleted',
  'rejected-rows-deleted',
  'session-revoked',
  'alert-rules',
] as const satisfies readonly ChangeKind[]

/** Those of them that are of no store. */
const changeKindsOfKeys = [
  'key-created',
  'key-revoked',
  'session-revoked',
  'alert-rules',
] as const satisfies readonly ChangeKind[]

export function isOfKeys(kind: ChangeKind): boolean {
  return changeKindsOfKeys.some((one) => one === kind)
}
