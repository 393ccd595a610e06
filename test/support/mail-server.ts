import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

function refusal(responseCode: number): Error {
  return Object.assign(new Error('refused'), { responseCode })
}

/** A real mail server on loopback. */
export interface MailServer extends AsyncDisposable {
  readonly port: number
  /** Mails that arrived whole, whatever was answered. */
  readonly mails: string[]
  /** What is refused next, and when. */
  readonly refused: { at: 'connect' | 'sender' | 'recipient' | 'end'; code: number }[]
  connections: number
}

export async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: string[] = []
  const refused: MailServer['refused'] = []
  const refusedAt = (at: (typeof refused)[0]['at']) =>
    refused[0]?.at === at ? refusal(refused.shift()!.code) : undefined
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onConnect(_, done) {
      made.connections++
      done(refusedAt('connect') ?? null)
    },
    onMailFrom: (_, __, done) => done(refusedAt('sender') ?? null),
    onRcptTo: (_, __, done) => done(refusedAt('recipient') ?? null),
    onData(stream, _, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString())
        done(refusedAt('end') ?? null)
      })
    },
    ...options,
  })
  server.on('error', () => {})
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.server.address() as AddressInfo
  const made: MailServer = {
    port,
    mails,
    refused,
    connections: 0,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return made
}

/** A channel to it. */
export function email(port: number) {
  const addresses = { from: 'monitor@example.org', to: ['ann@example.org', 'bob@example.org'] }
  return {
    name: 'mail',
    type: 'email' as const,
    host: '127.0.0.1',
    port,
    tls: 'none' as const,
    allowPrivate: true,
    ...addresses,
  }
}

export function headerOf(mail: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*(?:\r\n .*)*)`, 'mi').exec(mail)?.[1]?.replaceAll(/\r\n\s+/g, ' ')
}
