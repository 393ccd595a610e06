import { BlockList, isIP, isIPv6 } from 'node:net'

/** Tells the addresses of proxies that are trusted from all others. */
export type IsTrusted = (address: string) => boolean

/** Why a text names no proxies, to be put behind it; undefined where it does. */
export function networkProblem(text: string): string | undefined {
  const [address = '', bits, ...rest] = text.split('/')
  const most = isIPv6(address) ? 128 : 32
  const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
  if (isIP(address) !== 0 && isNetwork && rest.length === 0) return undefined
  return 'is neither an address nor a network: write such as 10.0.0.7, 10.0.0.0/8 or 2001:db8::/32'
}

/** `networks` are addresses, and networks as CIDR writes them. */
export function trustOf(networks: readonly string[]): IsTrusted {
  if (networks.length === 0) return () => false
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    if (bits === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(bits), familyOf(address))
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}
