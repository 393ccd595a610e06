import { createHmac } from 'node:crypto'
import { DeliveryError } from '../channel.ts'

const LEAST_BYTES = 24
const MOST_BYTES = 64

/** What signs a message of Standard Webhooks: once for each secret, so that receivers may change theirs. */
export function signatureOf(
  secrets: readonly string[],
  { id, timestamp, body }: { readonly id: string; readonly timestamp: string; readonly body: string },
): string {
  const signed = `${id}.${timestamp}.${body}`
  return secrets
    .map((secret) => `v1,${createHmac('sha256', keyOf(secret)).update(signed).digest('base64')}`)
    .join(' ')
}

function keyOf(secret: string): Buffer {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  if (key.length >= LEAST_BYTES && key.length <= MOST_BYTES) return key
  throw new DeliveryError(
    `its secret is of ${key.length} bytes: write whsec_ and ${LEAST_BYTES} to ${MOST_BYTES} bytes as base64 (openssl rand -base64 32)`,
  )
}
