/** Begins what callers ask for in turns, so that who asks for much does not hold up who asks for little. */

export interface Turns {
  /**
   * Begins something at once where there is time, or else once it has its turn. `path` says whose it is: those of the first name in it
   * take turns, within the turns of each those of the second, and so on.
   */
  take(path: readonly string[], begin: () => void): void
}

/** For so long is begun what is there, before the event loop looks what else has come. */
const TURN_MS = 2

/** Turns on the thread that calls, for what does most of its work there right away. */
export function createTurns(now: () => number = () => performance.now()): Turns {
  const waiting = createRotation<() => void>()
  let turnBegan: number | undefined

  function hasTime(): boolean {
    if (turnBegan === undefined) {
      turnBegan = now()
      setImmediate(beginTurn)
    }
    return now() - turnBegan < TURN_MS
  }

  function beginTurn(): void {
    turnBegan = undefined
    beginNext()
  }

  function beginNext(): void {
    if (waiting.isEmpty() || !hasTime()) return
    waiting.next()()
    // When all has been done of it that promises do right away.
    queueMicrotask(() => process.nextTick(beginNext))
  }

  return {
    take(path, begin) {
      if (waiting.isEmpty() && hasTime()) begin()
      else waiting.add(path, begin)
    },
  }
}

interface Rotation<Item> {
  add(path: readonly string[], item: Item): void
  isEmpty(): boolean
  next(): Item
}

/** What is at the end of a path comes in the order in which it was added. */
function createRotation<Item>(): Rotation<Item> {
  const items: Item[] = []
  const rotations = new Map<string, Rotation<Item>>()

  function nextOfRotations(): Item {
    const [name, rotation] = rotations.entries().next().value!
    rotations.delete(name)
    const item = rotation.next()
    if (!rotation.isEmpty()) rotations.set(name, rotation)
    return item
  }

  return {
    add([name, ...path], item) {
      if (name === undefined) {
        items.push(item)
        return
      }
      const rotation = rotations.get(name) ?? createRotation()
      rotations.set(name, rotation)
      rotation.add(path, item)
    },
    isEmpty: () => items.length === 0 && rotations.size === 0,
    next: () => items.shift() ?? nextOfRotations(),
  }
}
