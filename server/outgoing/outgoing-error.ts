export const outgoingReasons = [
  'dns', // the name of the host has no address
  'connection', // refused, or lost in the middle
  'tls', // no connection that can be trusted
  'timeout',
  'forbidden', // an address that is not to be asked
  'redirects', // too many, or one that cannot be followed
  'too-large',
  'encoding', // packed in a way that is not known
] as const
export type OutgoingReason = (typeof outgoingReasons)[number]

/** Why a request to elsewhere has no answer. The message has the host, and nothing else of the address: it may have secrets. */
export class OutgoingError extends Error {
  readonly reason: OutgoingReason

  constructor(reason: OutgoingReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'OutgoingError'
    this.reason = reason
  }
}

/** What Node.js throws, as one of ours. */
export function outgoingError(host: string, error: unknown): OutgoingError {
  if (error instanceof OutgoingError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  const reason = reasonOf(code)
  return new OutgoingError(reason, `${host}: ${wordsOf(reason, message.trim())}`, { cause: error })
}

function reasonOf(code: string): OutgoingReason {
  if (/^(?:ENOTFOUND|EAI_|ENODATA)/.test(code)) return 'dns'
  if (/^(?:ETIMEDOUT|ERR_SOCKET_CONNECTION_TIMEOUT)$/.test(code)) return 'timeout'
  return /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_|CHAIN|EPROTO/.test(code) ? 'tls' : 'connection'
}

function wordsOf(reason: OutgoingReason, message: string): string {
  if (reason === 'dns') return `the name has no address (${message})`
  if (reason === 'tls') return `no connection that can be trusted (${message})`
  return brokenOff.has(message) ? `the answer broke off (${message})` : message
}

/** What Node.js says of half an answer, and of one that is packed. */
const brokenOff: ReadonlySet<string> = new Set(['aborted', 'unexpected end of file'])
