import { inflateRawSync } from 'node:zlib'

/** The files in a zip archive, by their paths. */
export function unzipped(zip: Buffer): Map<string, string> {
  const files = new Map<string, string>()
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const packedBytes = zip.readUInt32LE(at + 20)
    const [pathBytes, extraBytes, commentBytes] = [28, 30, 32].map((place) => zip.readUInt16LE(at + place))
    const local = zip.readUInt32LE(at + 42)
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const packed = zip.subarray(start, start + packedBytes)
    const isDeflated = zip.readUInt16LE(at + 10) === 8
    const path = zip.toString('utf8', at + 46, at + 46 + pathBytes!)
    files.set(path, (isDeflated ? inflateRawSync(packed) : packed).toString('utf8'))
    at += 46 + pathBytes! + extraBytes! + commentBytes!
  }
  return files
}

export interface SheetCell {
  readonly type: 'text' | 'number' | 'empty'
  readonly value: string
}

/** The cells of a sheet of a workbook, row by row. */
export function cellsOf(sheetXml: string): SheetCell[][] {
  return Array.from(sheetXml.matchAll(/<row>(.*?)<\/row>/g), ([, row = '']) =>
    Array.from(
      row.matchAll(/<c\/>|<c [^>]*><v>(.*?)<\/v><\/c>|<c [^>]*t="inlineStr"><is><t>(.*?)<\/t><\/is><\/c>/g),
      ([, number, text]): SheetCell => {
        if (number !== undefined) return { type: 'number', value: number }
        return text === undefined ? { type: 'empty', value: '' } : { type: 'text', value: text }
      },
    ),
  )
}
