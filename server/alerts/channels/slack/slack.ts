import { inWords } from '../../in-words.ts'
import type { Channel, ChannelContext } from '../channel.ts'
import { createPosting } from '../posting.ts'
import { linesOfWords } from '../words-text.ts'
import type { SlackSetting } from './setting.ts'

export function slackChannel({ url, zone, allowPrivate }: SlackSetting, context: ChannelContext): Channel {
  const posting = createPosting(allowPrivate, context)
  const { publicUrl } = context
  return {
    async send(message, signal) {
      const lines = linesOfWords(inWords(message, { publicUrl, zone }))
      const body = JSON.stringify({ text: lines.map(escaped).join('\n') })
      return posting.post({ url, headers: {}, body, signal })
    },
    [Symbol.dispose]: () => posting[Symbol.dispose](),
  }
}

/** What would be a link or a mention otherwise. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
