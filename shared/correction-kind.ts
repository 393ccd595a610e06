/** What a correction says of its time: rules 20 and 21 of docs/uptime.md. */
export const correctionKinds = ['closed', 'excused', 'wrong-data'] as const
export type CorrectionKind = (typeof correctionKinds)[number]

/** Whether figures take corrections into account, or are as the polls alone have them. */
export const correctionUses = ['applied', 'ignored'] as const
export type CorrectionUse = (typeof correctionUses)[number]
