import { secretIn } from '../../../config-file/secrets.ts'
import { formatTimestamp } from '../../../../shared/timestamp.ts'
import type { AlertEvent } from '../../alert-event.ts'
import type { Channel, ChannelContext } from '../channel.ts'
import { eventBody } from '../event-body.ts'
import { createPosting } from '../posting.ts'
import type { PagerdutySetting } from './setting.ts'

const MOST_SUMMARY = 1024

export function pagerdutyChannel(setting: PagerdutySetting, context: ChannelContext): Channel {
  const posting = createPosting(setting.allowPrivate, context)
  return {
    async send({ events: [event] }, signal) {
      const routingKey = await secretIn(setting.routingKey, context.environment)
      let answer = ''
      for (const action of actionsOf(event)) {
        const body = JSON.stringify({ routing_key: routingKey, ...actionBody(event, action, context) })
        answer = await posting.post({ url: setting.url, headers: {}, body, signal })
      }
      return answer
    },
    [Symbol.dispose]: () => posting[Symbol.dispose](),
  }
}

type Action = 'trigger' | 'resolve'

/** What is over when it is told is shown, and leaves nothing open. */
function actionsOf({ kind }: AlertEvent): readonly Action[] {
  if (kind === 'test' || kind === 'late') return ['trigger', 'resolve']
  return kind === 'resolved' || kind === 'withdrawn' ? ['resolve'] : ['trigger']
}

/** Events of an incident are known by `dedup_key`, so that one that comes again changes nothing. */
function actionBody(event: AlertEvent, action: Action, { publicUrl }: ChannelContext) {
  const { incident, at, payload } = event
  const about = { event_action: action, dedup_key: incident }
  if (action === 'resolve') return about
  return {
    ...about,
    client: 'store-monitor',
    ...(publicUrl === undefined ? {} : { client_url: publicUrl }),
    payload: {
      summary: payload.summary.slice(0, MOST_SUMMARY),
      severity: payload.severity,
      source: payload.storeId ?? 'store-monitor',
      timestamp: formatTimestamp(payload.since ?? at),
      class: payload.condition,
      custom_details: eventBody(event).data,
    },
  }
}
