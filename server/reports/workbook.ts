import { Readable } from 'node:stream'
import { ZipFile, type Options } from 'yazl'

/** A workbook of Excel (Office Open XML) of plain rows below a header, written while it is read. */
export interface Workbook {
  /** What its sheet is called; more sheets of it follow where one has no room for all rows. */
  readonly name: string
  readonly header: readonly string[]
  /** How many rows there will be, as the number of sheets is to be known before. */
  readonly rowCount: number
  /** Rows, some at a time: texts stay texts, whatever they look like; null is an empty cell. */
  readonly rows: AsyncIterable<readonly (readonly Cell[])[]>
}

export type Cell = string | number | null

/** Excel's own limit, but for the header. */
const mostRowsPerSheet = 1_048_575

/** The same for the same rows: no clock and no time zone. */
const zipOptions = { mtime: new Date(1980, 0, 1), forceDosTimestamp: true } satisfies Partial<Options>

/** The bytes of a workbook. `rowsPerSheet` is Excel's limit unless a test says otherwise. */
export async function* workbookBytes(
  workbook: Workbook,
  rowsPerSheet = mostRowsPerSheet,
): AsyncGenerator<Uint8Array> {
  const sheetCount = Math.max(1, Math.ceil(workbook.rowCount / rowsPerSheet))
  const names = Array.from({ length: sheetCount }, (_, i) =>
    i === 0 ? workbook.name : `${workbook.name} (${i + 1})`,
  )
  const zip = new ZipFile()
  const output = zip.outputStream as Readable
  zip.on('error', (error: Error) => output.destroy(error))
  for (const [path, text] of Object.entries(partsOf(names))) {
    zip.addBuffer(Buffer.from(declaration + text), path, zipOptions)
  }
  const batches = workbook.rows[Symbol.asyncIterator]()
  const take = createTaker(batches)
  for (const i of names.keys()) {
    const path = `xl/worksheets/sheet${i + 1}.xml`
    const isLast = i + 1 === sheetCount
    zip.addReadStreamLazy(path, zipOptions, (ready) => {
      const rows = take(isLast ? Infinity : rowsPerSheet)
      const sheet = Readable.from(sheetXml(workbook.header, rows), { objectMode: false })
      sheet.on('error', (error) => output.destroy(error))
      ready(null, sheet)
    })
  }
  zip.end()
  try {
    yield* output as AsyncIterable<Uint8Array>
  } finally {
    output.destroy()
    await batches.return?.()
  }
}

type Rows = readonly (readonly Cell[])[]

/** Takes rows from batches that are larger or smaller than what is asked for. */
function createTaker(batches: AsyncIterator<Rows>): (count: number) => AsyncGenerator<Rows> {
  let left: Rows = []
  return async function* take(count) {
    for (let taken = 0; taken < count;) {
      if (left.length === 0) {
        const next = await batches.next()
        if (next.done === true) return
        left = next.value
      }
      const rows = left.slice(0, count - taken)
      left = left.slice(rows.length)
      taken += rows.length
      if (rows.length > 0) yield rows
    }
  }
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packaged = 'http://schemas.openxmlformats.org/package/2006'
const sheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** Places in `cellXfs` below. */
const styles = { text: 1, number: 2, head: 3 } as const

/** All parts of a workbook but its sheets. */
function partsOf(names: readonly string[]): Readonly<Record<string, string>> {
  const sheets = names.map(
    (name, i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`,
  )
  const overrides = names.map(
    (_, i) =>
      `<Override PartName="/xl/worksheets/sheet${i + 1}.xml" ContentType="${sheetType}.worksheet+xml"/>`,
  )
  const relations = names.map((_, i) => relation(`rId${i + 1}`, 'worksheet', `worksheets/sheet${i + 1}.xml`))
  return {
    '[Content_Types].xml':
      `<Types xmlns="${packaged}/content-types">` +
      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
      '<Default Extension="xml" ContentType="application/xml"/>' +
      `<Override PartName="/xl/workbook.xml" ContentType="${sheetType}.sheet.main+xml"/>` +
      `<Override PartName="/xl/styles.xml" ContentType="${sheetType}.styles+xml"/>${overrides.join('')}</Types>`,
    '_rels/.rels': relationsXml(relation('rId1', 'officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${sheets.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relationsXml(...relations, relation('rIdStyles', 'styles', 'styles.xml')),
    'xl/styles.xml':
      `<styleSheet xmlns="${main}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
      '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
      '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/>' +
      // 49 is text, which stays so when it is edited; 2 is a number with two decimals.
      '<xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="2" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/>' +
      '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
  }
}

function relationsXml(...relations: readonly string[]): string {
  return `<Relationships xmlns="${packaged}/relationships">${relations.join('')}</Relationships>`
}

function relation(id: string, type: string, target: string): string {
  return `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`
}

async function* sheetXml(header: readonly string[], rows: AsyncIterable<Rows>): AsyncGenerator<Buffer> {
  const head = header.map((text) => textCell(text, styles.head)).join('')
  yield Buffer.from(
    `${declaration}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0">` +
      '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
      `<cols><col min="1" max="${header.length}" width="24" customWidth="1"/></cols><sheetData><row>${head}</row>`,
  )
  for await (const batch of rows) {
    yield Buffer.from(batch.map((row) => `<row>${row.map(cellXml).join('')}</row>`).join(''))
  }
  yield Buffer.from('</sheetData></worksheet>')
}

function cellXml(cell: Cell): string {
  if (cell === null) return '<c/>'
  return typeof cell === 'number' ? `<c s="${styles.number}"><v>${cell}</v></c>` : textCell(cell, styles.text)
}

function textCell(text: string, style: number): string {
  return `<c s="${style}" t="inlineStr"><is><t>${escaped(text)}</t></is></c>`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
