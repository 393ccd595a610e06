/** Preloaded by what asks for the compiler's API, which TypeScript has had no more since 7. */
import { registerHooks } from 'node:module'

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === 'typescript' ? 'typescript-5' : specifier, context),
})
