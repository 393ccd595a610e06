import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'

test('the typed client needs neither Zod nor the server at run time', async () => {
  const root = join(import.meta.dirname, '../..')
  await using bundle = await rolldown({ input: join(root, 'client/index.ts'), platform: 'browser' })
  const { output } = await bundle.generate({ format: 'esm' })
  const modules = output[0].moduleIds.map((id) => id.slice(root.length + 1))
  expect(modules).toContain('client/watch-report.ts')
  expect(modules.filter((id) => id.startsWith('server/'))).toEqual([])
  const packages = modules.flatMap((id) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? [])
  expect([...new Set(packages)].toSorted()).toEqual([
    '@trpc/client',
    '@trpc/server',
    'eventsource',
    'eventsource-parser',
  ])
})
