export const maxPageSize = 1000
