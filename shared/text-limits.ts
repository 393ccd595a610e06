/** How long a text that people write may be: a reason, a name, a label's value. */
export const maxTextLength = 1000
