/** How people sign in: with a key, or at a provider of OpenID Connect. */
export const waysIn = ['key', 'oidc'] as const
export type WayIn = (typeof waysIn)[number]
