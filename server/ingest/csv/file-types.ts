import { startOf, type OpenFile } from './open-file.ts'

interface FileType {
  /** To be put behind a file's name. */
  readonly is: string
  matches(start: Buffer): boolean
}

const startsWith = (bytes: string) => (start: Buffer) => start.toString('latin1', 0, bytes.length) === bytes
const isZip = startsWith('PK\x03\x04')

/** What people have instead of a CSV file. The first of a workbook's parts are named at its start. */
const fileTypes: readonly FileType[] = [
  {
    is: 'is an Excel workbook: open it, save it as "CSV UTF-8", and import that file',
    matches: (start) =>
      isZip(start) && /\[Content_Types\]\.xml|_rels\/|docProps\/|xl\//.test(start.toString('latin1')),
  },
  {
    is: 'is a workbook of an old Excel (.xls): open it, save it as "CSV UTF-8", and import that file',
    matches: startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'),
  },
  { is: 'is a PDF: import the table that it was made from, saved as CSV', matches: startsWith('%PDF-') },
  { is: 'is a zip archive: unpack it, and import the CSV files in it', matches: isZip },
]

/** What a file is where it is no text, with what to do, to be put behind its name; undefined for what may be CSV. */
export async function otherFileType(file: OpenFile): Promise<string | undefined> {
  return otherTypeOf(await startOf(file, 2048))
}

/** Likewise of what begins so. */
export function otherTypeOf(start: Buffer): string | undefined {
  return fileTypes.find(({ matches }) => matches(start))?.is
}
