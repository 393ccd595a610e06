import { isIPv6 } from 'node:net'
import { isLoopback } from '../../shared/loopback.ts'

/** Whether what listens on an address is reached from this machine alone. */
export function isLoopbackAddress(address: string): boolean {
  return isLoopback(hostnameOf(address))
}

/** An address that is listened on, as it stands in a URL. */
function hostnameOf(address: string): string {
  return URL.parse(`http://${isIPv6(address) ? `[${address}]` : address}`)?.hostname ?? address
}
