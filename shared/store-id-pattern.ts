/** What a store's id looks like. Apart from its schema, so that a thread that reads polls loads no schemas. */
export const storeIdPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/
