import { readFileSync } from 'node:fs'

/**
 * The most memory that a process has had resident, its threads included; undefined where that is not known. Not
 * `process.resourceUsage()` where Linux tells: that counts what the parent had when it forked.
 */
export function peakBytesOf(pid: number): number | undefined {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
  } catch {
    return pid === process.pid ? process.resourceUsage().maxRSS * 1024 : undefined
  }
}
