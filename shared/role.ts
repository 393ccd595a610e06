/** What a key may do: its role. */
export const roles = ['viewer', 'ingester', 'operator', 'admin'] as const
export type Role = (typeof roles)[number]
