import { spawn } from 'node:child_process'
import { enableCompileCache } from 'node:module'
import { peakBytesOf } from './peak-memory.ts'

export interface Ended {
  readonly ms: number
  readonly msToFirstByte: number
  readonly stdout: string
  /** The most memory that it had resident, threads included; undefined where the system does not tell (not Linux). */
  readonly peakBytes: number | undefined
}

/** The environment of programs that keep what Node.js compiled, as the command does for itself and its threads. */
export const compilingOnce: NodeJS.ProcessEnv = {
  ...process.env,
  NODE_COMPILE_CACHE: enableCompileCache().directory,
}

/** Runs Node.js to its end. Throws where it fails. */
export async function runNode(
  args: readonly string[],
  { watchMemory = false, env = process.env }: { watchMemory?: boolean; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const start = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
  let msToFirstByte: number | undefined
  let stdout = ''
  child.stdout.on('data', (chunk: Buffer) => {
    msToFirstByte ??= performance.now() - start
    stdout += chunk.toString()
  })
  let peakBytes: number | undefined
  const look = () => {
    peakBytes = peakBytesOf(child.pid!) ?? peakBytes
  }
  const timer = watchMemory ? setInterval(look, 20) : undefined
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  clearInterval(timer)
  const ms = performance.now() - start
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`)
  return { ms, msToFirstByte: msToFirstByte ?? ms, stdout, peakBytes }
}
