import { createHash } from 'node:crypto'
import {
  createTransport,
  type NodemailerError,
  type SendMailOptions,
  type SMTPSentMessageInfo,
} from 'nodemailer'
import { secretIn } from '../../../config-file/secrets.ts'
import { guardedSocket } from '../../../outgoing/guarded-socket.ts'
import { OutgoingError } from '../../../outgoing/outgoing-error.ts'
import { inWords } from '../../in-words.ts'
import { withReport } from './with-report.ts'
import { ATTEMPT_MS, DeliveryError, type Channel, type ChannelContext, type Message } from '../channel.ts'
import { mayConnectBy } from '../may-connect.ts'
import { linesOfWords } from '../words-text.ts'
import type { EmailSetting } from './setting.ts'

export function emailChannel(setting: EmailSetting, context: ChannelContext): Channel {
  const { host, port, tls, user, password } = setting
  const guard = { mayConnectTo: mayConnectBy(setting.allowPrivate), resolve: context.resolve }

  async function send(message: Message, signal: AbortSignal): Promise<SMTPSentMessageInfo> {
    const pass = password && (await secretIn(password, context.environment))
    const mail = await mailOf(message, setting, context)
    const socket = await guardedSocket(guard, { host, port, signal })
    const transport = createTransport({
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      ...(user === undefined ? {} : { auth: { user, pass } }),
      // It would look for the host by itself, and connect to whom it finds.
      getSocket: (_, given) => given(null, { connection: socket }),
      socketTimeout: ATTEMPT_MS,
      greetingTimeout: ATTEMPT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    try {
      return await transport.sendMail(mail)
    } finally {
      transport.close()
      socket.destroy()
    }
  }

  return {
    async send(message, signal) {
      const sent = await send(message, signal).catch((error: unknown) => {
        throw failureOf(error as NodemailerError)
      })
      return takenBy(sent)
    },
    [Symbol.dispose]() {},
  }
}

/** What is sent again has the same Message-ID, and mails of an incident refer to one that stands for it. */
async function mailOf(
  message: Message,
  setting: EmailSetting,
  context: ChannelContext,
): Promise<SendMailOptions> {
  const { from, to, zone, unsubscribe = `mailto:${from}?subject=unsubscribe` } = setting
  const told = inWords(message, { publicUrl: context.publicUrl, zone })
  const { words, attachments } = await withReport(told, message.events[0].payload.digest, context)
  const domain = from.slice(from.indexOf('@') + 1)
  const thread = createHash('sha256').update(message.events[0].incident).digest('hex').slice(0, 32)
  return {
    from: { name: 'store-monitor', address: from },
    to: [...to],
    subject: words.subject,
    text: `${linesOfWords(words).join('\n')}\n`,
    attachments: [...attachments],
    messageId: `<${message.id}@${domain}>`,
    inReplyTo: `<incident-${thread}@${domain}>`,
    references: `<incident-${thread}@${domain}>`,
    date: new Date(context.now()),
    headers: { 'Auto-Submitted': 'auto-generated', 'List-Unsubscribe': `<${unsubscribe}>` },
  }
}

/** One who is refused for good is told, where others have it; one who may be let in later, is tried again. */
function takenBy({ response, rejectedErrors = [] }: SMTPSentMessageInfo): string {
  const passing = rejectedErrors.find(({ responseCode = 0 }) => responseCode < 500)
  if (passing !== undefined) throw new DeliveryError(passing.message)
  return [response, ...rejectedErrors.map(({ message }) => `but ${message}`)].join(', ')
}

function failureOf(error: NodemailerError): Error {
  if (error instanceof OutgoingError) return error
  const { code, responseCode = 0, message } = error
  // Of the mail itself: whoever set the rest up wrongly may set it right.
  const isOfMail = code === 'EENVELOPE' || code === 'EMESSAGE'
  const isOver = isOfMail && responseCode >= 500 ? ('message' as const) : undefined
  return new DeliveryError(message, { isOver }, { cause: error })
}
