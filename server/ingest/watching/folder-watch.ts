import { join } from 'node:path'
import { AppError, toAppError } from '../../../shared/app-error.ts'
import { formatTimestamp } from '../../../shared/timestamp.ts'
import { maxWaitingTold } from '../../../shared/watched-states.ts'
import type { WatchedFolder } from '../../../shared/watched.ts'
import type { Db } from '../../database/connect.ts'
import { findTakenFiles, type TakenFile } from '../../database/watched-files.ts'
import { cannotRead } from '../csv/open-file.ts'
import { lookInto, type SeenFile } from './look-into.ts'
import { moveFile } from './move-file.ts'
import { importWatched, NotNow, sortOut, type Outcome, type TakeParts } from './take-file.ts'
import { byTime, inOrder, putOff, reasonToWait, waitingFile, type WaitingFile } from './waiting-file.ts'

/** Of so many files it is looked up at once what became of them. */
const LOOKED_UP_AT_ONCE = 5000

export interface FolderWatchParts extends Omit<TakeParts, 'db'> {
  readonly database: () => Promise<Db>
  readonly movesFiles: boolean
  /** A clock that goes on evenly. */
  readonly uptimeMs: () => number
  /** For how long a file is to be the same before it is taken. */
  readonly settleMs: number
  /** For how long files are sorted out, and imported, before the folder is looked into again. */
  readonly takeForMs: number
  readonly tell: (text: string) => void
  readonly onState: (state: WatchedFolder) => void
  readonly isEnding: () => boolean
}

export interface Look {
  /** How many files wait then. */
  readonly waiting: number
  readonly lookedForMs: number
  /** Whether the folder could be looked into. */
  readonly isWell: boolean
}

export interface FolderWatch {
  /** Looks into the folder, and takes what is there to be taken. */
  look(): Promise<Look>
}

/** Takes the files of a folder, each when it has been the same for a while, in the order in which they were made. */
export function createFolderWatch(parts: FolderWatchParts): FolderWatch {
  const { folder, uptimeMs, settleMs, takeForMs, tell, isEnding } = parts
  /** The stamps of files that were taken and are still there. */
  let taken = new Map<string, string>()
  let waiting = new Map<string, WaitingFile>()
  let left = 0
  let lookedAt: number | undefined
  let problem: string | undefined

  function see(): void {
    const stillTaken = new Map<string, string>()
    const nowWaiting = new Map<string, WaitingFile>()
    try {
      left = lookInto(folder, (file) => {
        if (taken.get(file.name) === file.stamp) stillTaken.set(file.name, file.stamp)
        else nowWaiting.set(file.name, sameOrNew(file))
      })
    } catch (error) {
      throw cannotRead(folder, error)
    }
    taken = stillTaken
    waiting = nowWaiting
    lookedAt = parts.now()
  }

  function sameOrNew(file: SeenFile): WaitingFile {
    const known = waiting.get(file.name)
    return known?.stamp === file.stamp ? known : waitingFile(file, uptimeMs())
  }

  async function takeReady(): Promise<void> {
    const now = uptimeMs()
    const ready = [...waiting.values()].filter((file) => reasonToWait(file, now, settleMs) === undefined)
    if (ready.length === 0) return
    const takeParts = { ...parts, db: await parts.database() }
    let until = uptimeMs() + takeForMs
    const isTime = () => !isEnding() && uptimeMs() < until
    const unknown = ready.filter(({ kind }) => kind === undefined).sort(byTime)
    for (let start = 0; start < unknown.length && isTime(); start += LOOKED_UP_AT_ONCE) {
      const some = unknown.slice(start, start + LOOKED_UP_AT_ONCE)
      const before = await findTakenFiles(takeParts.db, some.map(pathOf))
      for (const file of some) if (isTime()) await sort(file, before.get(pathOf(file)), takeParts)
    }
    until = uptimeMs() + takeForMs
    for (const file of inOrder(ready.filter(({ kind }) => kind !== undefined))) {
      if (!isTime()) return
      await settled(file, () => importWatched(file, takeParts))
    }
  }

  async function sort(file: WaitingFile, before: TakenFile | undefined, takeParts: TakeParts): Promise<void> {
    if (before?.stamp === file.stamp) settle(file, { failure: before.failure, isKnown: true })
    else await settled(file, () => sortOut(file, before, takeParts))
  }

  /** Lets a file go on to wait where nothing became of it. */
  async function settled(file: WaitingFile, take: () => Promise<Outcome | undefined>): Promise<void> {
    try {
      const outcome = await take()
      if (outcome !== undefined) settle(file, outcome)
    } catch (error) {
      if (!(error instanceof NotNow)) throw error
      waitWith(file, error.message)
    }
  }

  function settle(file: WaitingFile, { failure, isKnown = false }: Outcome): void {
    waiting.delete(file.name)
    if (failure !== null && !isKnown) tell(`${pathOf(file)} was not imported: ${failure}`)
    if (!parts.movesFiles) {
      taken.set(file.name, file.stamp)
      return
    }
    try {
      moveFile(folder, file.name, file.stamp, failure === null ? 'done' : 'failed')
    } catch (error) {
      waiting.set(file.name, file)
      file.kind = undefined // It is known then what became of it.
      waitWith(file, `${pathOf(file)} was taken, and cannot be moved: ${toAppError(error).message}`)
    }
  }

  function waitWith(file: WaitingFile, reason: string): void {
    if (file.problem !== reason) tell(`${reason}; it is tried again`)
    putOff(file, reason, uptimeMs())
  }

  /** Says once what is wrong, and when it is well again. */
  function setProblem(text: string | undefined): void {
    if (text === problem) return
    problem = text
    tell(text === undefined ? `${folder} is watched again` : `files of ${folder} wait: ${text}`)
  }

  function pathOf({ name }: WaitingFile): string {
    return join(folder, name)
  }

  function state(): WatchedFolder {
    const now = uptimeMs()
    const first = waiting.values().take(maxWaitingTold)
    return {
      folder,
      lookedAt: lookedAt === undefined ? null : formatTimestamp(lookedAt),
      problem: problem ?? null,
      files: taken.size + waiting.size,
      left,
      waiting: waiting.size,
      firstWaiting: Array.from(first, (file) => ({
        name: file.name,
        bytes: file.bytes,
        reason: reasonToWait(file, now, settleMs) ?? 'its turn has not come',
      })),
    }
  }

  return {
    async look() {
      const start = uptimeMs()
      let lookedForMs = 0
      try {
        see()
        lookedForMs = uptimeMs() - start
        parts.onState(state())
        await takeReady()
        setProblem(undefined)
      } catch (error) {
        if (!isEnding()) setProblem((error instanceof AppError ? error : toAppError(error)).message)
      }
      parts.onState(state())
      return { waiting: waiting.size, lookedForMs, isWell: problem === undefined }
    },
  }
}
