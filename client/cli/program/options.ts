/** Options that several commands have, and how values are read. */
import { InvalidArgumentError, Option } from 'commander'
import { correctionUses } from '../../../shared/correction-kind.ts'
import { parseMaxRejected, type MaxRejected } from '../../../shared/max-rejected.ts'
import { columnChoices, fileFormats } from '../../../shared/report-file.ts'

export const configDescription =
  'settings as YAML or JSON (STORE_MONITOR_CONFIG; default: store-monitor.yaml or .json in this folder)'

export const exampleId = '3f0a9d3c-5d0e-4a53-9c4f-7f4dd8a5b0c1'

export function columnsOption(): Option {
  return new Option(
    '--columns <which>',
    'of the CSV or workbook; all has unknown and excused time and percentages too',
  )
    .choices(columnChoices)
    .default('default')
}

export function mapOption(): Option {
  return new Option(
    '--map <column=name>',
    'what the files call a column, such as store_id=Outlet; may be repeated',
  ).argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text])
}

export function groupOption(): Option {
  return new Option('--group <label=value...>', 'only stores that are in all of these groups')
}

export function formatOption(): Option {
  return new Option('--format <format>', 'of the file (default: csv)').choices(fileFormats)
}

export function formatOfAnswer(): Option {
  return new Option(
    '--format <format>',
    'of what is written (default: for people on a terminal, csv elsewhere)',
  ).choices(['csv', 'json'])
}

export function maxRejected(text: string): MaxRejected {
  try {
    return parseMaxRejected(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

export function correctionsOption(): Option {
  return new Option('--corrections <use>', 'whether corrections count (default: applied)').choices(
    correctionUses,
  )
}

export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Write a whole number, 1 or more.')
}
