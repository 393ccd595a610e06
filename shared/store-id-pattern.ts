export const maxStoreIdLength = 128

/** What a store's id looks like. Apart from its schema, so that a thread that reads polls loads no schemas. */
export const storeIdPattern = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,${maxStoreIdLength - 1}}$`)
