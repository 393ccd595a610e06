/** How many rejected rows of one file are kept; the rest are counted. */
export const maxRejectedRowsKept = 1000
/** How much of a rejected row's text is kept, in characters. */
export const maxRejectedTextLength = 1000
