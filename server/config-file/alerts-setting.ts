import * as z from 'zod'
import { channelSetting, type ChannelSetting } from '../alerts/channels/list.ts'
import { digestSetting, type DigestSetting } from './digest-setting.ts'
import { givenList } from './given.ts'
import { heartbeatSetting } from './heartbeat-setting.ts'
import { routeSetting, type RouteSetting } from './route-setting.ts'

interface Given {
  readonly channels: readonly ChannelSetting[]
  readonly routes: readonly RouteSetting[]
  readonly digests: readonly DigestSetting[]
}

export const alertsSetting = z
  .strictObject({
    channels: givenList(channelSetting, 50, 'channels').describe('By what is told what happened'),
    routes: givenList(routeSetting, 200, 'routes').describe(
      'Who is told what (default: all channels are told everything)',
    ),
    digests: givenList(digestSetting, 200, 'digests').describe(
      'What is told of each day or week (default: nothing)',
    ),
    heartbeat: heartbeatSetting.optional(),
  })
  .superRefine(routesLeadSomewhere)
  .superRefine(digestsLeadSomewhere)
  .describe('What is told to people and programs elsewhere')
export type AlertsSetting = z.output<typeof alertsSetting>

function routesLeadSomewhere({ channels, routes }: Given, context: z.core.$RefinementCtx): void {
  const names = channels.map(({ name }) => name)
  const others = routes.map(({ name }) => name)
  for (const [i, route] of routes.entries()) {
    const to = route.escalate?.to
    if (to !== undefined && (to === route.name || !others.includes(to))) {
      const which = others.filter((name) => name !== route.name).join(', ') || 'no others'
      const message = `there is no other route "${to}": there are ${which}`
      context.addIssue({ code: 'custom', path: ['routes', i, 'escalate', 'to'], message })
    }
    for (const [j, name] of route.channels.entries()) {
      if (names.includes(name)) continue
      const which = names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`
      const message = `there is no channel "${name}": ${which}`
      context.addIssue({ code: 'custom', path: ['routes', i, 'channels', j], message })
    }
  }
}

function digestsLeadSomewhere({ channels, digests }: Given, context: z.core.$RefinementCtx): void {
  const issue = (i: number, message: string) =>
    context.addIssue({ code: 'custom', path: ['digests', i, 'channel'], message })
  const takeDigests = channels.filter(({ type }) => type !== 'pagerduty').map(({ name }) => name)
  const which = takeDigests.length === 0 ? 'there are none' : `there are ${takeDigests.join(', ')}`
  for (const [i, { channel }] of digests.entries()) {
    if (takeDigests.includes(channel)) continue
    if (!channels.some(({ name }) => name === channel)) issue(i, `there is no channel "${channel}": ${which}`)
    else issue(i, `channel "${channel}" is PagerDuty, which is for incidents: write another; ${which}`)
  }
}
