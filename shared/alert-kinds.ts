/** What can become of an incident, and that it is told again, or to others; and what else is told: `test` by a person, `channel-disabled` of a channel that failed for long, `digest` of a day or a week. */
export const alertEventKinds = [
  'opened',
  'late',
  'resolved',
  'reopened',
  'withdrawn',
  'repeated',
  'escalated',
  'test',
  'channel-disabled',
  'digest',
] as const
export type AlertEventKind = (typeof alertEventKinds)[number]

/** Whether an incident is over after such an event. */
export function isOver(kind: AlertEventKind): boolean {
  return kind === 'resolved' || kind === 'withdrawn' || kind === 'late'
}

/** `dead`: nothing more is tried, unless somebody has it sent again. `muted`: it began and ended in a silence. */
export const outboxStates = ['waiting', 'delivered', 'dead', 'muted'] as const
export type OutboxState = (typeof outboxStates)[number]

/** What whoever is told of an incident knows of it by now. */
export const toldStates = ['open', 'over', 'withdrawn'] as const
export type ToldState = (typeof toldStates)[number]
