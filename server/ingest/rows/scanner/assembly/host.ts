/** Midnight UTC of the date at `at`, as YYYY-MM-DD, in epoch milliseconds; NaN where it is none. */
export declare function epochMsOfDate(at: usize): f64

/** Whether the rest of a line of a rule, with its end, is right. It is asked once for each, and counts those that are. */
export declare function isRule(start: usize, end: usize): bool
