/**
 * How many letters have to be put in, left out, changed, or swapped with the next to make `b` of `a`; undefined where it is
 * more than `most`.
 */
export function editDistance(a: string, b: string, most: number): number | undefined {
  if (Math.abs(a.length - b.length) > most) return undefined
  const tooMany = most + 1
  let beforeLast = new Uint8Array(b.length + 1).fill(tooMany)
  let last = Uint8Array.from(beforeLast, (_, j) => Math.min(j, tooMany))
  for (let i = 1; i <= a.length; i++) {
    const row = new Uint8Array(b.length + 1).fill(tooMany)
    if (i <= most) row[0] = i
    let least = row[0]!
    // Further from the diagonal it is too many.
    for (let j = Math.max(1, i - most); j <= Math.min(b.length, i + most); j++) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        last[j - 1]! + (isSame ? 0 : 1),
        last[j]! + 1,
        row[j - 1]! + 1,
        isSwapped ? beforeLast[j - 2]! + 1 : tooMany,
      )
      least = Math.min(least, row[j]!)
    }
    if (least > most) return undefined
    beforeLast = last
    last = row
  }
  const distance = last[b.length]!
  return distance > most ? undefined : distance
}
