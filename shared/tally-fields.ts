import { count } from './fields.ts'

/** Business time by status: rule 15 of docs/uptime.md. */
export const tallyFields = {
  uptimeMs: count.describe('Uptime, in milliseconds'),
  downtimeMs: count.describe('Downtime, in milliseconds'),
  unknownMs: count.describe('Unknown time, in milliseconds'),
  excusedMs: count.describe('Excused time, in milliseconds'),
}
