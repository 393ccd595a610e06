import { providerReturnPath } from '../../../shared/way-in.ts'
import { isLoopbackAddress } from '../../access/loopback.ts'
import { said } from '../../access/oidc/failures.ts'
import { discover } from '../../access/oidc/issuer.ts'
import type { OidcSetting } from '../../config-file/oidc-setting.ts'
import type { Environment } from '../../config-file/secrets.ts'
import { createOutgoing } from '../../outgoing/outgoing.ts'
import { fine, type Finding } from './finding.ts'

export interface ProviderPlace {
  readonly oidc: OidcSetting
  readonly environment: Environment
  readonly version: string
  readonly host: string
  readonly port: number
  readonly publicUrl: string | undefined
}

const check = 'OpenID Connect'

/** Whether the provider answers, as the issuer that is meant, and where it has to send people back to. */
export async function providerFinding(place: ProviderPlace): Promise<Finding> {
  const { oidc, environment, version, host, port, publicUrl } = place
  if (publicUrl === undefined && !isLoopbackAddress(host)) {
    return {
      check,
      state: 'failed',
      what: 'it is not known where people are to be sent back to',
      remedy: 'write publicUrl (PUBLIC_URL), such as https://monitor.example.org',
    }
  }
  using outgoing = createOutgoing({
    mayConnectTo: () => true,
    maxConnections: 1,
    userAgent: `store-monitor/${version}`,
  })
  try {
    await discover(oidc, { outgoing, environment })
  } catch (error) {
    return {
      check,
      state: 'failed',
      what: `${oidc.issuer} does not answer as that issuer (${said(error)})`,
      remedy:
        'look at issuer and clientSecret of oidc in the configuration file, and whether this machine reaches it',
    }
  }
  const back =
    publicUrl === undefined
      ? `http://127.0.0.1:${port || 'PORT'}${providerReturnPath}`
      : new URL(providerReturnPath, publicUrl).href
  return fine(
    check,
    `${oidc.issuer} answers, as that issuer; it has to let ${oidc.clientId} send people to ${back}`,
  )
}
