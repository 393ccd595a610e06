import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import { usualLimits } from '../../server/limits/setting.ts'
import { removeLeftSpools, spool, spoolFolder } from '../../server/api/rest/upload-spool.ts'
import { runningServer } from '../support/running-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const source = new URL('../../server/api/rest/upload-spool.ts', import.meta.url).href

/** A process that has begun an upload; what it says is its folder. */
async function uploading(temporary: string): Promise<{ child: ChildProcess; folder: string }> {
  const program = `import { spoolFolder } from '${source}'
    const { path } = await spoolFolder()
    process.stdout.write(path)
    setInterval(() => {}, 1e6)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [path] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, folder: basename(dirname(path.toString())) }
}

test.skipIf(process.platform === 'win32')(
  'what a killed server leaves of uploads is removed at the next start, and nothing of a living one',
  async () => {
    await using temporary = await temporaryFolder()
    const killed = await uploading(temporary.path)
    const living = await uploading(temporary.path)
    try {
      vi.stubEnv('TMPDIR', temporary.path)
      await using own = await spoolFolder()
      await writeFile(join(temporary.file(killed.folder), 'upload.csv'), 'store_id,status')
      const elsewhere = living.folder.replace(/upload-\w+/, 'upload-0123456789ab')
      const anotherProgram = 'store-monitor-upload-a1b2c3'
      for (const name of [elsewhere, anotherProgram]) await mkdir(temporary.file(name))
      // Its process has the id of one that is gone.
      const reused = living.folder.replace(/-t\d+-/, '-t1-')
      if (reused !== living.folder) await mkdir(temporary.file(reused))
      killed.child.kill('SIGKILL')
      await once(killed.child, 'exit')

      await (await runningServer())[Symbol.asyncDispose]()
      const left = (await readdir(temporary.path)).filter((name) => name.startsWith('store-monitor-upload-'))
      const lasting = [living.folder, basename(dirname(own.path)), elsewhere, anotherProgram]
      expect(left.sort()).toEqual(lasting.sort())
    } finally {
      living.child.kill('SIGKILL')
    }
  },
)

test.skipIf(process.platform !== 'linux')(
  'what a killed process leaves is removed also before whoever started it has asked how it ended',
  async () => {
    await using temporary = await temporaryFolder()
    vi.stubEnv('TMPDIR', temporary.path)
    const parent = spawn('/bin/sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'])
    try {
      const pid = String((await once(parent.stdout, 'data'))[0]).trim()
      const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')
      // A shell would ask.
      await vi.waitFor(() => expect(readFileSync(`/proc/${parent.pid}/comm`, 'utf8')).toBe('sleep\n'))
      process.kill(Number(pid), 'SIGKILL')
      await vi.waitFor(() => expect(stat()[2]).toBe('Z'))
      await using own = await spoolFolder()
      const ofOther = basename(dirname(own.path)).replace(/-\d+-t\d+-/, `-${pid}-t${stat()[21]}-`)
      await mkdir(temporary.file(ofOther))
      await removeLeftSpools()
      expect(await readdir(temporary.path)).toEqual([basename(dirname(own.path))])
    } finally {
      parent.kill('SIGKILL')
    }
  },
)

test.skipIf(!existsSync('/dev/full'))('a full temporary disk is told as such, with what to do', async () => {
  vi.stubEnv('TMPDIR', '/var/small')
  await expect(
    spool(Readable.from([Buffer.from('store_id')]), '/dev/full', { ...usualLimits, freeDisk: 0 }),
  ).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(
      /temporary folder \/var\/small: there is no space left\. Make room there, or let TMPDIR/,
    ) as string,
  })
})

test.skipIf(process.platform === 'win32')(
  'a temporary folder that is not there is told as such',
  async () => {
    await using server = await runningServer()
    vi.stubEnv('TMPDIR', '/not/there')
    const response = await fetch(`${server.url}/imports`, { method: 'POST', body: 'store_id' })
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({
      detail: expect.stringMatching(/temporary folder \/not\/there: ENOENT.*TMPDIR/) as string,
    })
  },
)
