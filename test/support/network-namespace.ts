import { execFileSync } from 'node:child_process'

/** A network of its own for a process, with a cable to PostgreSQL, which may be pulled, and another to whoever asks it. */
export interface NetworkNamespace extends Disposable {
  /** What runs a command in it. */
  readonly within: readonly string[]
  /** This machine, at the end of the cable that may be pulled. */
  readonly database: string
  /** What is in it is asked here, whatever becomes of that, and asks others there. */
  readonly asked: string
  readonly others: string
  /** The addresses of the cable that may be pulled. */
  readonly databaseNetwork: string
  /** Nothing passes any more, and nobody is told. */
  pull(): void
  plug(): void
}

/** Undefined where it is possible to make one here, else why it is not. */
export function whyNoNamespaces(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are of Linux'
  if (process.getuid?.() !== 0) return 'only root may make network namespaces'
  try {
    networkNamespace()[Symbol.dispose]()
    return undefined
  } catch (error) {
    return `no network namespace can be made (${String((error as Error).message)
      .trim()
      .split('\n')
      .at(-1)}): it takes iproute2 and CAP_SYS_ADMIN`
  }
}

export function networkNamespace(): NetworkNamespace {
  using made = new DisposableStack()
  const number = Math.floor(Math.random() * 65_536)
  const name = `sm${number.toString(16)}`
  const net = `10.${200 + (number % 50)}.${number >>> 8}`
  const [here, there] = [`${name}d`, `${name}e`]
  ip('netns', 'add', name)
  made.defer(() => ip('netns', 'del', name))
  cable(name, [here, `${net}.1`], [there, `${net}.2`])
  cable(name, [`${name}w`, `${net}.5`], [`${name}x`, `${net}.6`])
  ip('-n', name, 'link', 'set', 'lo', 'up')
  const owned = made.move()
  return {
    within: ['ip', 'netns', 'exec', name],
    database: `${net}.1`,
    databaseNetwork: `${net}.0/30`,
    asked: `${net}.6`,
    others: `${net}.5`,
    // The other end stays up, so that what is sent there is lost instead of refused.
    pull: () => ip('link', 'set', here, 'down'),
    plug: () => ip('link', 'set', here, 'up'),
    [Symbol.dispose]: () => owned.dispose(),
  }
}

type End = readonly [device: string, address: string]

/** It is gone with the namespace. */
function cable(name: string, [here, address]: End, [there, addressThere]: End): void {
  ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name)
  ip('addr', 'add', `${address}/30`, 'dev', here)
  ip('link', 'set', here, 'up')
  ip('-n', name, 'addr', 'add', `${addressThere}/30`, 'dev', there)
  ip('-n', name, 'link', 'set', there, 'up')
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
