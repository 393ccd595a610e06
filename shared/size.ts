const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

const unitsBytes: Readonly<Record<string, number>> = { '': 1, KB: 1e3, MB: 1e6, GB: 1e9, KIB, MIB, GIB }

/** A number of bytes as `64KiB`, `100MB` or `1000`; undefined of what is none. */
export function parseSize(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,12}) ?([KMG]?i?B)?$/i.exec(text) ?? []
  const factor = unitsBytes[unit.toUpperCase()]
  return digits === '' || factor === undefined ? undefined : Number(digits) * factor
}

/** As it is written: `64 MiB`. */
export function formatSize(bytes: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB']) {
    const size = bytes / unitsBytes[unit.toUpperCase()]!
    if (Number.isInteger(size) && size > 0) return `${size} ${unit}`
  }
  return `${bytes} bytes`
}
