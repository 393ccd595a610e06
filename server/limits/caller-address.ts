/** What callers of an address are counted by: of IPv6, whoever has one has the 2^64 beside it. */
export function callerAddress(address: string | undefined): string {
  if (address === undefined) return ''
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
  return plain.includes(':') ? `${groupsOf(plain).slice(0, 4).join(':')}::/64` : plain
}

function groupsOf(address: string): string[] {
  const [start = '', end] = address.replace(/%.*$/, '').split('::')
  const before = start.split(':').filter(Boolean)
  if (end === undefined) return before
  const after = end.split(':').filter(Boolean)
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after]
}
