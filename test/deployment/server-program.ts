import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import type { Setting } from '../../server/config.ts'
import type { ServerSetting } from '../../server/serve.ts'

/** A server in a process of its own, which disposing kills. */
export interface KilledServer extends AsyncDisposable {
  readonly url: string
  kill(signal: NodeJS.Signals): void
}

/** Writes the program of a server that does something all the time, which no command can be told. */
export async function writeServerProgram(
  path: string,
  settings: Readonly<Partial<Record<Setting, string>>>,
  times: Pick<ServerSetting, 'watchTimes' | 'uploadTimes' | 'retainEveryMs' | 'alerts'>,
): Promise<void> {
  const [configModule, module] = ['config', 'serve'].map((name) =>
    JSON.stringify(new URL(`../../server/${name}.ts`, import.meta.url).href),
  )
  const flags = JSON.stringify({ port: '0', workers: '1', ...settings })
  await writeFile(
    path,
    `
    import { readConfig } from ${configModule}
    import { startServer } from ${module}
    const server = await startServer(readConfig({}, ${flags}), {
      version: '0',
      now: Date.now,
      onError: (error) => console.error(error),
      ...${JSON.stringify(times)},
    })
    process.send(server.url)`,
  )
}

export async function startedProgram(path: string): Promise<KilledServer> {
  const child = spawn(process.execPath, [path], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: process.env['CLI_NODE_OPTIONS'] },
  })
  const exited = once(child, 'exit')
  const [url] = (await Promise.race([once(child, 'message'), exited])) as [string]
  return {
    url,
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
