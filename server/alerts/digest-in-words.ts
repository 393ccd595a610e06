import type { DigestContent, DigestFigures } from '../../shared/digest.ts'
import type { Words } from './in-words.ts'

const MINUTE_MS = 60_000

/** A digest as people read it; `link` leads to its report. */
export function digestInWords(content: DigestContent, publicUrl: string | undefined): Words {
  const { figures, reportId } = content
  const lines = [
    `${titleOf(content)}, ${ofStores(content)}`,
    ...feedLines(content),
    ...(figures === null ? [] : figureLines(content, figures)),
  ]
  const path = reportId === null ? '/alerts' : `/reports/${reportId}.csv`
  const link = publicUrl === undefined ? undefined : new URL(path, publicUrl).href
  return { subject: digestSubject(content), lines, more: 0, link, isOver: true }
}

/** It on one line. */
export function digestSubject(content: DigestContent): string {
  const { figures } = content
  if (figures === null) return `${titleOf(content)}: there are no polls`
  if (figures.uptimePercent === null) return `${titleOf(content)}: uptime not known`
  return `${titleOf(content)}: ${percentOf(figures.uptimePercent)} uptime${changeOf(figures)}`
}

function titleOf({ digest, every, period, from, to }: DigestContent): string {
  return `${digest} ${every === 'day' ? period : `${period} (${from} to ${to})`}`
}

function ofStores({ group, figures }: DigestContent): string {
  if (group.length === 0) return figures === null ? 'all stores' : `all ${counted(figures.stores, 'store')}`
  const of = `of ${group.join(' and ')}`
  return figures === null ? `stores ${of}` : `${counted(figures.stores, 'store')} ${of}`
}

function feedLines({ isFeedLate, latestPollAt, every }: DigestContent): string[] {
  if (!isFeedLate) return []
  if (latestPollAt === null) return ['No polls have come yet.']
  const latest = latestPollAt.slice(0, 16).replace('T', ' ')
  return [
    `The feed is late: the latest poll is of ${latest} UTC, and what is missing of the ${every} is unknown.`,
  ]
}

function figureLines({ every }: DigestContent, figures: DigestFigures): string[] {
  const { uptimePercentBefore, downtimeMs, unknownMs, incidents, worst, salesAtRisk } = figures
  const before =
    uptimePercentBefore === null ? '' : ` (the ${every} before: ${percentOf(uptimePercentBefore)})`
  return [
    `Uptime ${percentOf(figures.uptimePercent)}${changeOf(figures)}${before}`,
    `Down ${duration(downtimeMs)}, unknown ${duration(unknownMs)}`,
    ...(figures.unheard === 0 ? [] : [`Nothing is known of ${counted(figures.unheard, 'store')}`]),
    `Incidents: ${incidents.map(incidentsOf).join(', ') || 'none'}`,
    ...toldLines(figures),
    ...salesAtRisk.map(({ currency, low, high, stores }) => {
      const amounts = low === high ? money(low!) : `${money(low!)} to ${money(high!)}`
      return `Sales at risk: ${currency === null ? '' : `${currency} `}${amounts}, of ${counted(stores, 'store')}`
    }),
    ...(worst.length === 0 ? [] : ['Longest down:']),
    ...worst.map(worstOf),
  ]
}

function toldLines({ late, withdrawn, onlyHere }: DigestFigures): string[] {
  const parts = [
    ...told(late, 'was over when it was found', 'were over when they were found'),
    ...told(withdrawn, 'was withdrawn', 'were withdrawn'),
    ...told(onlyHere, 'is told nowhere else', 'are told nowhere else'),
  ]
  return parts.length === 0 ? [] : [`Of what was recorded of incidents: ${parts.join(', ')}`]
}

function told(value: number, ofOne: string, ofMany: string): string[] {
  return value === 0 ? [] : [`${grouped(value)} ${value === 1 ? ofOne : ofMany}`]
}

function worstOf({ storeId, storeName, downtimeMs, uptimePercent }: DigestFigures['worst'][number]): string {
  const named = storeName === null ? storeId : `${storeName} (${storeId})`
  return `  ${named}: ${duration(downtimeMs)}, ${percentOf(uptimePercent)} uptime`
}

function incidentsOf({ condition, opened, open }: DigestFigures['incidents'][number]): string {
  return `${grouped(opened)} ${condition}${open === 0 ? '' : ` (${grouped(open)} open at the end)`}`
}

function changeOf({ uptimePercent, uptimePercentBefore }: DigestFigures): string {
  if (uptimePercent === null || uptimePercentBefore === null) return ''
  const points = uptimePercent - uptimePercentBefore
  const text = Math.abs(points).toFixed(2)
  return `, ${text === '0.00' ? '±' : points < 0 ? '−' : '+'}${text} points`
}

function percentOf(percent: number | null): string {
  return percent === null ? 'not known' : `${percent.toFixed(2)} %`
}

/** `5 h 08 min`, cut and not rounded. */
function duration(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS)
  if (minutes < 60) return minutes === 0 && ms > 0 ? 'less than 1 min' : `${minutes} min`
  return `${grouped(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')} min`
}

function counted(value: number, one: string): string {
  return `${grouped(value)} ${value === 1 ? one : `${one}s`}`
}

function money(amount: number): string {
  return amount < 1000 ? String(amount) : grouped(amount)
}

function grouped(value: number): string {
  return value.toLocaleString('en')
}
