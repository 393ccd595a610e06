import { expect, test, vi } from 'vitest'
import { createJobQueue, growingPauseMs, type Job } from '../../server/jobs/queue.ts'
import { AppError } from '../../shared/app-error.ts'

/** A job of numbered tasks that writes down what is done of it. */
function aJob(key: number, taskCount: number, done: string[], steps: Partial<Job<number>> = {}) {
  const ended = Promise.withResolvers<string>()
  const end = (how: string) => {
    done.push(`${key} ${how}`)
    ended.resolve(how)
  }
  const job: Job<number> = {
    key,
    plan: async () => Array.from({ length: taskCount }, (_, task) => task),
    async perform(task) {
      await Promise.resolve()
      done.push(`${key}.${task}`)
      return 'done'
    },
    finish: async () => end('finished'),
    fail: async (reason) => end(`failed: ${(reason as Error).message}`),
    ...steps,
  }
  return { job, ended: ended.promise, end }
}

const unavailable = () => new AppError('unavailable', 'the disk is full')
const noErrors = (error: unknown) => expect.unreachable(String(error))

test('jobs take turns, so that a small one does not wait for a large one', async () => {
  const queue = createJobQueue<number>({ maxUnderWay: 1, onError: noErrors })
  const done: string[] = []
  const large = aJob(1, 5, done)
  const small = aJob(2, 2, done)
  queue.add(large.job)
  queue.add(small.job)
  await Promise.all([large.ended, small.ended])
  expect(done).toEqual(['1.0', '1.1', '2.0', '1.2', '2.1', '1.3', '2 finished', '1.4', '1 finished'])
})

test('no more steps are under way at once than may be, and a job ends after all of its tasks', async () => {
  const queue = createJobQueue<number>({ maxUnderWay: 3, onError: noErrors })
  const done: string[] = []
  let underWay = 0
  let most = 0
  const { job, ended } = aJob(1, 10, done, {
    async perform(task) {
      most = Math.max(most, ++underWay)
      await new Promise(setImmediate)
      underWay--
      done.push(`1.${task}`)
      return 'done'
    },
  })
  queue.add(job)
  await ended
  expect(most).toBe(3)
  expect(done).toHaveLength(11)
  expect(done.at(-1)).toBe('1 finished')
})

test('a job without tasks is finished', async () => {
  const queue = createJobQueue<number>({ maxUnderWay: 1, onError: noErrors })
  const { job, ended } = aJob(1, 0, [])
  queue.add(job)
  expect(await ended).toBe('finished')
  await queue.settle()
  expect(queue.has(1)).toBe(false)
})

test('a job that is here already is not taken again', async () => {
  const queue = createJobQueue<number>({ maxUnderWay: 1, onError: noErrors })
  const done: string[] = []
  const { job, ended } = aJob(1, 2, done)
  queue.add(job)
  queue.add(job)
  expect(queue.has(1)).toBe(true)
  await ended
  await queue.settle()
  expect(done).toEqual(['1.0', '1.1', '1 finished'])
})

test.each(['plan', 'perform', 'finish', 'fail'] as const)(
  'what passes is waited for at each step, with growing pauses: %s',
  async (step) => {
    const pauses: number[] = []
    const queue = createJobQueue<number>({
      maxUnderWay: 1,
      pauseMs: (setbacks) => {
        pauses.push(setbacks)
        return 0
      },
      onError: noErrors,
    })
    const done: string[] = []
    const isWhole = step !== 'fail'
    const { job, ended } = aJob(
      1,
      2,
      done,
      isWhole ? {} : { plan: () => Promise.reject(new Error('broken')) },
    )
    const usual = job[step].bind(job) as (...args: unknown[]) => Promise<never>
    let setbacks = 0
    queue.add({
      ...job,
      [step]: (...args: unknown[]) => (setbacks++ < 3 ? Promise.reject(unavailable()) : usual(...args)),
    })
    await ended
    expect(pauses).toEqual([1, 2, 3])
    expect(done).toEqual(isWhole ? ['1.0', '1.1', '1 finished'] : ['1 failed: broken'])
  },
)

test('others go on while a job pauses', async () => {
  const queue = createJobQueue<number>({ maxUnderWay: 1, pauseMs: () => 60_000, onError: noErrors })
  const done: string[] = []
  queue.add(aJob(1, 1, done, { plan: () => Promise.reject(unavailable()) }).job)
  const other = aJob(2, 1, done)
  queue.add(other.job)
  await other.ended
  expect(done).toEqual(['2.0', '2 finished'])
  queue.stop()
  await queue.settle()
})

test('pauses grow from a second to half a minute', () => {
  expect([1, 2, 3, 4, 5, 6, 100].map(growingPauseMs)).toEqual([
    1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
  ])
})

test('a step that fails for good fails its job, once, and others go on', async () => {
  const queue = createJobQueue<number>({ maxUnderWay: 2, onError: noErrors })
  const done: string[] = []
  const broken = aJob(1, 3, done, { perform: (task) => Promise.reject(new Error(`task ${task}`)) })
  const other = aJob(2, 2, done)
  queue.add(broken.job)
  queue.add(other.job)
  expect(await broken.ended).toBe('failed: task 0')
  expect(await other.ended).toBe('finished')
  await queue.settle()
  expect(done.filter((what) => what.startsWith('1'))).toEqual(['1 failed: task 0'])
})

test('a failure that cannot be written down at all is told', async () => {
  const told = Promise.withResolvers<unknown>()
  const queue = createJobQueue<number>({ maxUnderWay: 1, onError: told.resolve })
  const lost = new Error('no such table')
  const { job } = aJob(1, 1, [], {
    plan: () => Promise.reject(new Error('broken')),
    fail: () => Promise.reject(lost),
  })
  queue.add(job)
  expect(await told.promise).toBe(lost)
  expect(queue.has(1)).toBe(false)
})

test('no further step is begun of a job that is dropped, or that others have ended', async () => {
  const queue = createJobQueue<number>({ maxUnderWay: 1, onError: noErrors })
  const done: string[] = []
  queue.add(
    aJob(1, 3, done, {
      async perform(task) {
        done.push(`1.${task}`)
        return 'unwanted'
      },
    }).job,
  )
  queue.add(
    aJob(2, 3, done, {
      async perform(task) {
        done.push(`2.${task}`)
        queue.drop(2)
        return 'done'
      },
    }).job,
  )
  const last = aJob(3, 3, done)
  queue.add(last.job)
  await last.ended
  expect(done).toEqual(['1.0', '2.0', '3.0', '3.1', '3.2', '3 finished'])
})

test('a queue that is stopped lets the steps under way end, and begins no other', async () => {
  const queue = createJobQueue<number>({ maxUnderWay: 2, onError: noErrors })
  const done: string[] = []
  const begun = Promise.withResolvers<void>()
  const may = Promise.withResolvers<void>()
  const { job } = aJob(1, 5, done, {
    async perform(task) {
      if (task === 1) begun.resolve()
      await may.promise
      done.push(`1.${task}`)
      return 'done'
    },
  })
  queue.add(job)
  await begun.promise
  queue.stop()
  may.resolve()
  await queue.settle()
  expect(done).toEqual(['1.0', '1.1'])
})

test('a job that is dropped while a step is under way is not tried again, and leaves nothing to wait for', async () => {
  let pauses = 0
  const pauseMs = () => ++pauses * 3_600_000
  const queue = createJobQueue<number>({ maxUnderWay: 1, pauseMs, onError: noErrors })
  const { job } = aJob(1, 1, [], {
    async perform() {
      queue.drop(1)
      throw unavailable()
    },
  })
  queue.add(job)
  await queue.settle()
  await queue.settle()
  expect(pauses).toBe(0)
})

test('callers take turns, so that who has many jobs does not hold up who has one', async () => {
  const queue = createJobQueue<number>({ maxUnderWay: 1, onError: noErrors })
  const done: string[] = []
  const many = Array.from({ length: 100 }, (_, key) => aJob(key, 3, done))
  const one = aJob(1000, 3, done)
  const gone: string[] = []
  for (const { job } of many) queue.add(job, { caller: 'many', onGone: () => gone.push('many') })
  queue.add(one.job, { caller: 'one', onGone: () => gone.push('one') })
  await one.ended
  expect(done.length).toBeLessThan(12)
  await Promise.all(many.map(({ ended }) => ended))
  await queue.settle()
  expect(gone).toHaveLength(101)
  expect(gone[0]).toBe('one')
})

test('a job that is dropped, or that comes again or too late, is gone at once', () => {
  const queue = createJobQueue<number>({ maxUnderWay: 1, onError: noErrors })
  const gone: string[] = []
  const add = (name: string) =>
    queue.add(aJob(1, 1, []).job, { onGone: (how) => gone.push(`${name} ${how}`) })
  add('first')
  add('again')
  expect(gone).toEqual(['again unwanted'])
  queue.drop(1)
  queue.stop()
  add('late')
  expect(gone).toEqual(['again unwanted', 'first dropped', 'late unwanted'])
})

test('a task that another was done instead of is looked at again after those that are left, and at once', async () => {
  const done: string[] = []
  const outcomes = new Map([[0, ['instead', 'instead'] as const]])
  const times = new Map<number, number>()
  const queue = createJobQueue<number>({ maxUnderWay: 1, lookAgainMs: 1e9, onError: noErrors })
  const { job, ended } = aJob(1, 3, done, {
    async perform(task) {
      await Promise.resolve()
      const time = times.get(task) ?? 0
      times.set(task, time + 1)
      const outcome = outcomes.get(task)?.[time]
      if (outcome === undefined) done.push(`1.${task}`)
      return outcome ?? 'done'
    },
  })
  queue.add(job)
  expect(await ended).toBe('finished')
  expect(done).toEqual(['1.1', '1.2', '1.0', '1 finished'])
  expect(times.get(0)).toBe(3)
})

test('a job of which others are at all that is left pauses, and others go on; where nothing is left it ends', async () => {
  const done: string[] = []
  const outcomes = ['done', 'taken', 'taken', 'over'] as const
  let looks = 0
  const queue = createJobQueue<number>({ maxUnderWay: 1, lookAgainMs: 1, onError: noErrors })
  const { job, ended } = aJob(1, 100, done, {
    async perform() {
      await Promise.resolve()
      return outcomes[looks++]!
    },
  })
  const other = aJob(2, 3, done)
  queue.add(job)
  queue.add(other.job)
  expect(await other.ended).toBe('finished')
  expect(await ended).toBe('finished')
  expect(looks).toBe(4)
})

test('a job of which all is done ends without waiting for tasks that are under way, nor for its pause', async () => {
  const done: string[] = []
  const isOver = Promise.withResolvers<void>()
  const late = Promise.withResolvers<'unwanted' | Error>()
  const gone: string[] = []
  const queue = createJobQueue<number>({ maxUnderWay: 3, lookAgainMs: 1e9, onError: noErrors })
  const { job, ended } = aJob(1, 5, done, {
    async perform(task) {
      if (task === 0) return 'taken'
      if (task === 1) return isOver.promise.then(() => 'over' as const)
      const how = await late.promise
      if (how instanceof Error) throw how
      return how
    },
  })
  queue.add(job, { onGone: (how) => gone.push(how) })
  await new Promise(setImmediate)
  isOver.resolve()
  expect(await ended).toBe('finished')
  late.resolve(new Error('the report is gone'))
  await queue.settle()
  expect(done).toEqual(['1 finished'])
  expect(gone).toEqual(['ended'])
})

test('the end of a job of which all is done is tried again, and made once', async () => {
  const done: string[] = []
  let ends = 0
  const queue = createJobQueue<number>({ maxUnderWay: 4, pauseMs: () => 1, onError: noErrors })
  const { job, ended, end } = aJob(1, 3, done, {
    perform: async () => 'over',
    async finish() {
      await new Promise(setImmediate)
      if (ends++ === 0) throw unavailable()
      end('finished')
    },
  })
  queue.add(job)
  expect(await ended).toBe('finished')
  await queue.settle()
  expect([ends, done]).toEqual([2, ['1 finished']])
})

test('a job that others have ended is left where it waits for them, and not where it is at something', async () => {
  const gone: string[] = []
  const may = Promise.withResolvers<void>()
  const queue = createJobQueue<number>({ maxUnderWay: 2, lookAgainMs: 1e9, onError: noErrors })
  const add = (key: number, perform: () => Promise<'taken' | 'done'>) =>
    queue.add(aJob(key, 1, [], { perform }).job, { onGone: (how) => gone.push(`${key} ${how}`) })
  add(1, async () => 'taken')
  add(2, () => may.promise.then(() => 'done' as const))
  await new Promise(setImmediate)
  for (const key of [1, 2, 3]) queue.leave(key)
  expect(gone).toEqual(['1 unwanted'])
  may.resolve()
  await vi.waitFor(() => expect(gone).toEqual(['1 unwanted', '2 ended']))
})
