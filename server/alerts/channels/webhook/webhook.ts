import { headersWithSecrets, secretIn } from '../../../config-file/secrets.ts'
import type { Channel, ChannelContext } from '../channel.ts'
import { eventBody } from '../event-body.ts'
import { createPosting } from '../posting.ts'
import type { WebhookSetting } from './setting.ts'
import { signatureOf } from './signature.ts'

export function webhookChannel(setting: WebhookSetting, context: ChannelContext): Channel {
  const { environment, now } = context
  const posting = createPosting(setting.allowPrivate, context)
  const { secret, previousSecret } = setting
  const secrets = [secret, ...(previousSecret === undefined ? [] : [previousSecret])]

  return {
    async send({ id, events: [event] }, signal) {
      const body = JSON.stringify(eventBody(event))
      const timestamp = String(Math.floor(now() / 1000))
      const read = await Promise.all(secrets.map((text) => secretIn(text, environment)))
      const headers = {
        ...(await headersWithSecrets(setting.headers, environment)),
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signatureOf(read, { id, timestamp, body }),
      }
      return posting.post({ url: setting.url, headers, body, signal })
    },
    [Symbol.dispose]: () => posting[Symbol.dispose](),
  }
}
