import { inWords, type Words } from '../../in-words.ts'
import type { Channel, ChannelContext } from '../channel.ts'
import { createPosting } from '../posting.ts'
import type { TeamsSetting } from './setting.ts'

export function teamsChannel({ url, zone, allowPrivate }: TeamsSetting, context: ChannelContext): Channel {
  const posting = createPosting(allowPrivate, context)
  const { publicUrl } = context
  return {
    async send(message, signal) {
      const card = cardOf(inWords(message, { publicUrl, zone }))
      const attachment = {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: card,
      }
      const body = JSON.stringify({ type: 'message', attachments: [attachment] })
      return posting.post({ url, headers: {}, body, signal })
    },
    [Symbol.dispose]: () => posting[Symbol.dispose](),
  }
}

function cardOf({ subject, lines, more, link, isOver }: Words) {
  const others = more === 0 ? lines.slice(1) : [...lines.slice(1), `… and ${more} more`]
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      {
        type: 'TextBlock',
        text: plain(subject),
        weight: 'Bolder',
        color: isOver ? 'Good' : 'Attention',
        wrap: true,
      },
      ...others.map((line) => ({ type: 'TextBlock', text: plain(line), wrap: true, spacing: 'Small' })),
    ],
    actions: link === undefined ? [] : [{ type: 'Action.OpenUrl', title: 'Look', url: link }],
  }
}

/** What would be Markdown otherwise. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]#]/g, (mark) => `\\${mark}`)
}
