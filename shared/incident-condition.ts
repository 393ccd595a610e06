/** What an incident is of: rules 34 to 41 of docs/uptime.md. */
export const incidentConditions = [
  'down',
  'no-data',
  'unstable',
  'uptime',
  'drop',
  'budget',
  'group-share',
  'blind',
  'late',
] as const
export type IncidentCondition = (typeof incidentConditions)[number]

/** Whether incidents are of many stores together, rather than of one. */
export function isOfMany(condition: IncidentCondition): boolean {
  return condition === 'group-share' || condition === 'blind' || condition === 'late'
}

export const severities = ['info', 'warning', 'error', 'critical'] as const
export type Severity = (typeof severities)[number]
