import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { overLimit } from '../../limits/over-limit.ts'
import type { Limits } from '../../limits/setting.ts'

/** So much more of an upload may come between two looks at the disk. */
const LOOK_EVERY_BYTES = 8 * 1024 * 1024

/**
 * The bytes of an upload, as long as they are not too many and the disk for temporary files has room. Whoever else is filling it,
 * too, is seen by the next look.
 */
export async function* measuredUpload(
  body: AsyncIterable<Uint8Array>,
  folder: string,
  { uploadBytes, freeDisk }: Limits,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  let lookAt = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > uploadBytes) throw tooLargeUpload(uploadBytes)
    if (bytes > lookAt) {
      await requireFreeDisk(folder, freeDisk)
      lookAt = bytes + LOOK_EVERY_BYTES
    }
    yield chunk
  }
}

async function requireFreeDisk(folder: string, freeDisk: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize - LOOK_EVERY_BYTES >= freeDisk) return
  throw overLimit(
    'freeDisk',
    `the upload cannot be kept: of the temporary folder ${tmpdir()} ${freeDisk} bytes are to stay free. ` +
      'Make room there, or let TMPDIR name a folder on a larger disk when the server is started, and send the file again',
    { code: 'unavailable', retryAfterSeconds: 60 },
  )
}

export function tooLargeUpload(most: number) {
  return overLimit('uploadBytes', `the file is larger than the ${most} bytes that are taken`, {
    code: 'too-large',
  })
}
