/** How people sign in. */
export const waysIn = ['key'] as const
export type WayIn = (typeof waysIn)[number]
