import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { nothingPushed } from '../../../shared/push-result.ts'
import { checkedPusher } from '../../../server/ingest/pushing/checked-pusher.ts'

const push = { format: 'json', bytes: new Uint8Array(), firstRow: 1, source: 'push', takenInAt: 0 } as const

test('pushes that come together are checked once, and each where the check fails', async () => {
  let checks = 0
  let fails = false
  const pusher = checkedPusher({ push: async () => nothingPushed }, () => {
    checks++
    if (fails) throw new Error('another file lies there')
  })
  await Promise.all([pusher.push(push), pusher.push(push), pusher.push(push)])
  expect(checks).toBe(1)
  await setImmediate()
  fails = true
  const refused = await Promise.allSettled([pusher.push(push), pusher.push(push)])
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  fails = false
  await pusher.push(push)
  expect(checks).toBe(4)
})
