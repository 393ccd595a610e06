import type { ApiParts } from './api/api-parts.ts'
import { connect, type Db } from './database/connect.ts'
import { writeAlone } from './database/write-alone.ts'

export interface Changing extends AsyncDisposable, Pick<ApiParts, 'change' | 'removeStores'> {
  /** What is written here is there when it is answered, also after a power cut. Opened when it is first asked for. */
  lasting(): Promise<Db>
}

export interface ChangingSetting {
  readonly databaseUrl: string
  readonly patienceMs?: number
  /** Throws where another database would be opened than the one that is open. */
  readonly checkInPlace: () => void
}

/** What callers change, as opposed to what the program writes for itself. */
export function createChanging({ databaseUrl, checkInPlace, ...patience }: ChangingSetting): Changing {
  const setting = { mayCreate: false, checkpoints: false, durable: true, ...patience }
  let opened: Promise<Db> | undefined

  async function open(): Promise<Db> {
    checkInPlace()
    return connect(databaseUrl, setting)
  }

  function lasting(): Promise<Db> {
    if (opened !== undefined) return opened
    const opening = open()
    opening.catch(() => (opened = undefined))
    return (opened = opening)
  }

  return {
    lasting,
    change: async (work) => writeAlone(await lasting(), 'data', work),
    async removeStores(work) {
      checkInPlace()
      await using removing = await connect(databaseUrl, { ...setting, checksReferences: false })
      return await writeAlone(removing, 'data', work)
    },
    async [Symbol.asyncDispose]() {
      const db = await opened?.catch(() => undefined)
      await db?.destroy()
    },
  }
}
