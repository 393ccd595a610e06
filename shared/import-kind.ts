/** What a file that is imported may hold. */
export const importKinds = [
  'polls',
  'business-hours',
  'timezones',
  'special-hours',
  'corrections',
  'orders',
  'revenue',
  'store-details',
] as const
export type ImportKind = (typeof importKinds)[number]
