import { stat } from 'node:fs/promises'

/** 0 where there is none. */
export async function sizeOfFile(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}
