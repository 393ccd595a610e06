import { AppError } from '../../shared/app-error.ts'

/** Something that is done in steps: first it is planned, then its tasks are performed, side by side, and then it ends. */
export interface Job<Task, Key = number> {
  /** Tells it from all others. */
  readonly key: Key
  plan(): Promise<readonly Task[]>
  /**
   * `instead` where another task was done in its place, and it is to be looked at again; `taken` likewise, where others are at all that is
   * left; `over` where all are done; `unwanted` where others have ended the job, of which then no more is done.
   */
  perform(task: Task): Promise<'done' | 'instead' | 'taken' | 'over' | 'unwanted'>
  /** The last step, once all tasks are done. */
  finish(): Promise<void>
  /** The last step instead, where one has failed. */
  fail(reason: unknown): Promise<void>
}

/** Whose a job is. */
export interface JobOf {
  /** Callers take turns, and those with several jobs within theirs. */
  readonly caller?: string
  /** Called when it is not here any more: its last step is done, others have ended it, or it was dropped. */
  readonly onGone?: (how: Gone) => void
}

export type Gone = 'ended' | 'unwanted' | 'dropped'

export interface JobQueue<Task, Key = number> {
  /** Begins a job when it has its turn; does nothing where it is here already. */
  add(job: Job<Task, Key>, of?: JobOf): void
  has(key: Key): boolean
  /** How many jobs wait for their first step, and how many are on their way. */
  counts(): { readonly waiting: number; readonly underWay: number }
  /** Begins no further step of a job; those under way end. */
  drop(key: Key): void
  /** Others have ended a job: it is not looked at again where it pauses, as they were at all that was left. */
  leave(key: Key): void
  /** Begins no further step of any job; those under way end. */
  stop(): void
  /** Waits for the steps under way to end. */
  settle(): Promise<void>
}

export interface JobQueueSetting {
  readonly maxUnderWay: number
  /** How long a job pauses after so many setbacks in a row. */
  readonly pauseMs?: (setbacks: number) => number
  /** How long a job pauses of which others are at all that is left. */
  readonly lookAgainMs?: number
  /** Told of failures that could not even be written down. */
  readonly onError: (error: unknown) => void
}

type Phase<Task> =
  | { readonly name: 'not planned' }
  | { readonly name: 'planned'; readonly left: Task[] }
  | Over
  | { readonly name: 'failed'; readonly reason: unknown }

interface Over {
  readonly name: 'over'
  isEnding: boolean
}

/** A job on its way. */
interface Entry<Task, Key> {
  readonly job: Job<Task, Key>
  readonly caller: string
  readonly onGone: (how: Gone) => void
  phase: Phase<Task>
  underWay: number
  setbacks: number
  pause: NodeJS.Timeout | undefined
}

const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000
const LOOK_AGAIN_MS = 200

/** From a second to half a minute. */
export function growingPauseMs(setbacks: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (setbacks - 1))
}

/**
 * Does jobs of any kind, some steps at once. Callers take turns, so that who has a thousand does not hold up who has one;
 * so do the jobs of a caller, so that a small one does not wait for a large one. A step that meets what passes, such as a full disk,
 * is tried again after a pause, for as long as that takes.
 */
export function createJobQueue<Task, Key = number>({
  maxUnderWay,
  pauseMs = growingPauseMs,
  lookAgainMs = LOOK_AGAIN_MS,
  onError,
}: JobQueueSetting): JobQueue<Task, Key> {
  const entries = new Map<Key, Entry<Task, Key>>()
  /** Whose turn it is comes first, of callers and of the jobs of each. */
  const turns = new Map<string, Set<Entry<Task, Key>>>()
  const steps = new Set<Promise<void>>()
  let isStopped = false

  function beginSteps(): void {
    while (!isStopped && steps.size < maxUnderWay) {
      const next = nextStep()
      if (next === undefined) return
      letOthersGoFirst(next.entry)
      begin(next.entry, next.step)
    }
  }

  function nextStep() {
    for (const ofCaller of turns.values()) {
      for (const entry of ofCaller) {
        const step = entry.pause === undefined ? takeStep(entry) : undefined
        if (step !== undefined) return { entry, step }
      }
    }
    return undefined
  }

  function letOthersGoFirst(entry: Entry<Task, Key>): void {
    const ofCaller = turns.get(entry.caller)!
    ofCaller.delete(entry)
    ofCaller.add(entry)
    turns.delete(entry.caller)
    turns.set(entry.caller, ofCaller)
  }

  /** What can be done next of a job; undefined where steps that are under way have to end first. */
  function takeStep(entry: Entry<Task, Key>): (() => Promise<void>) | undefined {
    const { job, phase, underWay } = entry
    const task = phase.name === 'planned' ? phase.left.shift() : undefined
    if (task !== undefined) return () => perform(entry, task)
    if (phase.name === 'over') return endOf(entry, phase)
    if (underWay > 0) return undefined
    switch (phase.name) {
      case 'not planned':
        return async () => {
          entry.phase = { name: 'planned', left: [...(await job.plan())] }
        }
      case 'planned':
        return () => finish(entry)
      case 'failed':
        return async () => {
          await job.fail(phase.reason)
          remove(entry, 'ended')
        }
    }
  }

  async function finish(entry: Entry<Task, Key>): Promise<void> {
    await entry.job.finish()
    remove(entry, 'ended')
  }

  function endNow(entry: Entry<Task, Key>): void {
    entry.phase = { name: 'over', isEnding: false }
    clearTimeout(entry.pause)
    entry.pause = undefined
  }

  /** Tasks that are under way find nothing to do, so that it does not wait for them. */
  function endOf(entry: Entry<Task, Key>, phase: Over): (() => Promise<void>) | undefined {
    if (phase.isEnding) return undefined
    phase.isEnding = true
    return () => finish(entry).finally(() => (phase.isEnding = false))
  }

  async function perform(entry: Entry<Task, Key>, task: Task): Promise<void> {
    try {
      const outcome = await entry.job.perform(task)
      if (entry.phase.name === 'over') return
      if (outcome === 'unwanted') remove(entry, 'unwanted')
      else if (entry.phase.name !== 'planned') return
      else if (outcome === 'over') endNow(entry)
      else if (outcome !== 'done') entry.phase.left.push(task)
      if (outcome === 'taken') pause(entry, () => lookAgainMs)
    } catch (error) {
      if (entry.phase.name === 'over') return
      if (entry.phase.name === 'planned') entry.phase.left.unshift(task)
      throw error
    }
  }

  function begin(entry: Entry<Task, Key>, step: () => Promise<void>): void {
    entry.underWay++
    const ended = runStep(entry, step).finally(() => {
      entry.underWay--
      steps.delete(ended)
      beginSteps()
    })
    steps.add(ended)
  }

  async function runStep(entry: Entry<Task, Key>, step: () => Promise<void>): Promise<void> {
    const isFailing = entry.phase.name === 'failed'
    try {
      await step()
      entry.setbacks = 0
    } catch (error) {
      if (passes(error)) pause(entry, () => pauseMs(++entry.setbacks))
      else if (isFailing) giveUp(entry, error)
      else if (entry.phase.name !== 'failed') entry.phase = { name: 'failed', reason: error }
    }
  }

  function pause(entry: Entry<Task, Key>, forMs: () => number): void {
    const isDropped = entries.get(entry.job.key) !== entry
    if (isStopped || isDropped || entry.pause !== undefined) return
    entry.pause = setTimeout(() => {
      entry.pause = undefined
      beginSteps()
    }, forMs())
  }

  function giveUp(entry: Entry<Task, Key>, error: unknown): void {
    remove(entry, 'ended')
    onError(error)
  }

  function remove(entry: Entry<Task, Key>, how: Gone): void {
    clearTimeout(entry.pause)
    if (entries.get(entry.job.key) !== entry) return
    entries.delete(entry.job.key)
    const ofCaller = turns.get(entry.caller)!
    ofCaller.delete(entry)
    if (ofCaller.size === 0) turns.delete(entry.caller)
    entry.onGone(how)
  }

  return {
    add(job, { caller = '', onGone = () => {} } = {}) {
      if (isStopped || entries.has(job.key)) {
        onGone('unwanted')
        return
      }
      const fresh = {
        phase: { name: 'not planned' },
        underWay: 0,
        setbacks: 0,
        pause: undefined,
      } as const
      const entry: Entry<Task, Key> = { job, caller, onGone, ...fresh }
      entries.set(job.key, entry)
      turns.set(caller, (turns.get(caller) ?? new Set()).add(entry))
      beginSteps()
    },
    has: (key) => entries.has(key),
    counts() {
      const isWaiting = ({ phase, underWay }: Entry<Task, Key>) =>
        phase.name === 'not planned' && underWay === 0
      const waiting = entries.values().filter(isWaiting).toArray().length
      return { waiting, underWay: entries.size - waiting }
    },
    drop(key) {
      const entry = entries.get(key)
      if (entry) remove(entry, 'dropped')
    },
    leave(key) {
      const entry = entries.get(key)
      if (entry?.underWay === 0 && entry.pause !== undefined) remove(entry, 'unwanted')
    },
    stop() {
      isStopped = true
      for (const entry of entries.values()) clearTimeout(entry.pause)
    },
    async settle() {
      await Promise.all(steps)
    },
  }
}

/** Whether the same step may succeed later. */
function passes(error: unknown): boolean {
  return error instanceof AppError && error.code === 'unavailable'
}
