import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** Addresses of IPv4 that no host of the public internet has: RFC 6890 and its registry. */
const notPublic4 = listOf('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
])
/** Of IPv6, all that hosts of the internet have; those that hold an address of IPv4 are not among them. */
const public6 = listOf('ipv6', [['2000::', 3]])
const notPublic6 = listOf('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
])
/** How a network that has IPv6 alone reaches IPv4: the address is in the last 32 bits. */
const translated = listOf('ipv6', [['64:ff9b::', 96]])

function listOf(family: 'ipv4' | 'ipv6', subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList()
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, family)
  return list
}

/** Whether an address is one of the public internet, and not of this machine or its network. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !notPublic4.check(address, 'ipv4')
  if (!isIPv6(address) || address.includes('%')) return false
  if (translated.check(address, 'ipv6')) return isPublicAddress(lastBitsAsIpv4(address))
  return public6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6')
}

function lastBitsAsIpv4(address: string): string {
  const [, dotted] = /:(\d+\.\d+\.\d+\.\d+)$/.exec(address) ?? []
  if (dotted !== undefined) return dotted
  // The URL's parser writes the shortest form.
  const [high = '', low = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':').slice(-2)
  const bits = [high, low].map((group) => Number.parseInt(group || '0', 16))
  return bits.flatMap((group) => [group >> 8, group & 255]).join('.')
}
