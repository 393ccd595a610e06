/** How people sign in. */
export const waysIn = ['key', 'oidc'] as const
export type WayIn = (typeof waysIn)[number]

/** Where a browser goes to sign in at a provider, and where that sends it back to. */
export const providerPath = '/session/oidc'
export const providerReturnPath = '/session/oidc/callback'
