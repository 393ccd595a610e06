import { blocksOf, defaultBlockBytes, packingOf, type OpenFile } from './open-file.ts'
import { unpacked, type UnpackLimits } from './unpacked.ts'
import { inUtf8 } from './utf16.ts'

/** A reading of a file, from start to end. */
export interface Source {
  /** Its content in UTF-8, unpacked where it is packed. A chunk is written over when the next one has been asked for. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** How much of the file as it lies on the disk has been read. */
  bytesRead(): number
}

/** As much is read at once as is unpacked. */
export async function readSource(file: OpenFile, limits: UnpackLimits = {}): Promise<Source> {
  const { blockBytes = defaultBlockBytes } = limits
  let bytesRead = 0

  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const block of blocksOf(file, blockBytes)) {
      bytesRead += block.length
      yield block
    }
  }

  const packing = await packingOf(file)
  const remedy = `unpack it (${packing === 'zstd' ? 'unzstd' : 'gunzip'}), and import what comes out`
  return {
    chunks: inUtf8(
      packing === undefined
        ? bytes()
        : unpacked(bytes(), { name: file.name, packing, remedy }, { ...limits, blockBytes }),
    ),
    bytesRead: () => bytesRead,
  }
}
