import type { StoreId } from '../../../shared/ids.ts'
import { headersWithSecrets, shownUrl, withSecrets, type Environment } from '../../config-file/secrets.ts'
import type { PollerSetting } from '../../config-file/poller-setting.ts'
import { OutgoingError } from '../../outgoing/outgoing-error.ts'
import type { Outgoing } from '../../outgoing/outgoing.ts'
import { verdictOf, type Verdict } from './verdict.ts'

export interface AskContext {
  readonly environment: Environment
  readonly outgoing: Outgoing
  readonly signal: AbortSignal
}

/** What a store is, as it, or who knows of it, answers; and the status, where there is an answer. */
export interface Asked {
  readonly verdict: Verdict
  readonly status: number | undefined
}

/** Asks a store. Whatever goes wrong on the way is no answer, and nothing that the store is. */
export async function askStore(
  setting: PollerSetting,
  storeId: StoreId,
  { environment, outgoing, signal }: AskContext,
): Promise<Asked> {
  const { method, timeout, maxBytes, redirects, body, rule } = setting
  try {
    const request = {
      url: urlOf(withSecrets(setting.url, environment), storeId),
      method,
      headers: await headersWithSecrets(setting.headers, environment),
      body: body?.replaceAll('{store_id}', () => storeId),
      timeoutMs: timeout,
      maxBytes,
      followsRedirects: redirects === 'follow',
      signal,
    }
    return await outgoing.ask(request, async ({ status, body }) => {
      const chunks = await Array.fromAsync(body)
      return { status, verdict: verdictOf(rule, { status, text: Buffer.concat(chunks).toString('utf8') }) }
    })
  } catch (error) {
    const reason = error instanceof OutgoingError ? error.reason : 'failed'
    return { status: undefined, verdict: { reason, message: (error as Error).message } }
  }
}

function urlOf(template: string, storeId: StoreId): string {
  return template.replaceAll('{store_id}', () => encodeURIComponent(storeId))
}

/** Without secrets. */
export function shownUrlOf({ url }: PollerSetting, storeId: StoreId): string {
  return urlOf(shownUrl(url), storeId)
}
