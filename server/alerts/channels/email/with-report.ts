import type { SendMailOptions } from 'nodemailer'
import { AppError } from '../../../../shared/app-error.ts'
import type { DigestContent } from '../../../../shared/digest.ts'
import type { Words } from '../../in-words.ts'
import type { ChannelContext } from '../channel.ts'

type Attachments = NonNullable<SendMailOptions['attachments']>

/** Mail servers take so much, which is a third more as it is sent. */
const MOST_ATTACHED_BYTES = 10_000_000

/** The words of a mail, and, of a digest, the CSV of its report, where that is not too large. */
export async function withReport(
  words: Words,
  digest: DigestContent | undefined,
  { reportCsv }: Pick<ChannelContext, 'reportCsv'>,
): Promise<{ readonly words: Words; readonly attachments: Attachments }> {
  const { reportId = null, csvBytes = null } = digest ?? {}
  if (reportId === null || csvBytes === null) return { words, attachments: [] }
  const saying = (line: string) => ({ ...words, lines: [...words.lines, '', line] })
  if (csvBytes > MOST_ATTACHED_BYTES) {
    const size = `${Math.round(csvBytes / 1_000_000)} MB`
    const where = words.link === undefined ? `it is report ${reportId}.` : 'it is here:'
    const line = `The report has ${size}, which is too much for a mail; ${where}`
    return { words: saying(line), attachments: [] }
  }
  const csv = await reportCsv?.(reportId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not-found') return undefined
    throw error
  })
  if (csv === undefined) return { words: saying('Its report has been deleted since.'), attachments: [] }
  const content = Buffer.concat(await Array.fromAsync(csv.bytes()))
  return {
    words: saying('The report is attached.'),
    attachments: [{ filename: csv.name, content, contentType: 'text/csv; charset=utf-8' }],
  }
}
