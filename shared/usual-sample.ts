/** How many stores of a report are computed again where nobody says how many. */
export const usualSample = 100
