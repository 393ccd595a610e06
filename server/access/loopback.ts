import { isIPv6 } from 'node:net'

/** Whether what listens on an address is reached from this machine alone. */
export function isLoopbackAddress(address: string): boolean {
  return isLoopback(hostnameOf(address))
}

/** Whether a host, as it stands in a URL, is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

/** An address that is listened on, as it stands in a URL. */
function hostnameOf(address: string): string {
  return URL.parse(`http://${isIPv6(address) ? `[${address}]` : address}`)?.hostname ?? address
}
