import type { Words } from '../../uptime/words.ts'

/** Empties an array that nobody needs any more: the garbage collector lets tens of MiB of such be before it looks for them. */
export function giveBack({ buffer, byteLength }: Words): void {
  // Not what it shares with others.
  if (buffer.byteLength === byteLength) buffer.transfer(0)
}
