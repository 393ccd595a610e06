/** Which poll speaks for a moment: the nearest, or the latest one before it. */
export const interpolations = ['nearest', 'previous'] as const
export type Interpolation = (typeof interpolations)[number]
