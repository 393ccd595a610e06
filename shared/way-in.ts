/** How people sign in. */
export const waysIn = ['key', 'oidc'] as const
export type WayIn = (typeof waysIn)[number]

/** Where a browser goes to sign in at a provider, and where that sends it back to. */
export const providerPath = '/session/oidc'
export const providerReturnPath = '/session/oidc/callback'

/** How a provider is asked to let somebody say who it is, who is signed in there already: `prompt` of OpenID Connect. */
export const promptsAtProvider = ['login', 'select_account'] as const
export type PromptAtProvider = (typeof promptsAtProvider)[number]
export const asAnotherPath = `${providerPath}?prompt=login`
