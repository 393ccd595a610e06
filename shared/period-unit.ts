/** What a report by period is divided into: rules 23 and 24 of docs/uptime.md. */
export const periodUnits = ['day', 'week', 'month', 'hour-of-week'] as const
export type PeriodUnit = (typeof periodUnits)[number]
