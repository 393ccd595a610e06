/** What a store is at an instant: rule 30 of docs/uptime.md. */
export const storeStates = ['up', 'down', 'unknown', 'excused', 'closed'] as const
export type StoreState = (typeof storeStates)[number]
