/** How long a text that people write may be: a reason, a name, a label's value. */
const maxTextLength = 1000

/** Why a text that is kept as it is cannot be, to be put behind the name of what it is; undefined where it can. */
export function textProblem(text: string): string | undefined {
  const start = text.length > 100 ? `"${text.slice(0, 100)}…"` : `"${text}"`
  if (text.length > maxTextLength) {
    return `${start} has ${text.length} characters, and may have ${maxTextLength}: shorten it`
  }
  return /[^\P{Cc}\t\n\r]/u.test(text) ? `${start} has control characters in it: leave them out` : undefined
}
