import type { AppError } from '../../shared/app-error.ts'
import { overLimit } from './over-limit.ts'
import type { Limits } from './setting.ts'

/** Throws an AppError where lists and objects stand too deep in each other, or a text is too long; it names the field. */
export function refuseLargeJson(value: unknown, limits: Pick<Limits, 'jsonDepth' | 'textLength'>): void {
  const { jsonDepth, textLength } = limits
  const path: string[] = []

  function look(value: unknown): void {
    if (typeof value === 'string' && value.length > textLength) throw tooLong(path, value.length, textLength)
    if (typeof value !== 'object' || value === null) return
    if (path.length === jsonDepth) throw tooDeep(jsonDepth)
    for (const [name, member] of Object.entries(value)) {
      if (name.length > textLength) throw tooLong([...path, 'a name'], name.length, textLength)
      path.push(name)
      look(member)
      path.pop()
    }
  }

  look(value)
}

function tooDeep(most: number): AppError {
  const what = `lists and objects stand in each other more than ${most} deep`
  return overLimit('jsonDepth', what, { code: 'invalid' })
}

function tooLong(path: readonly string[], length: number, most: number): AppError {
  const field = path.length === 0 ? 'the text' : path.map((name) => name.slice(0, 100)).join('.')
  const what = `${field}: ${length} characters are too many: at most ${most} are taken`
  return overLimit('textLength', what, { code: 'too-large' })
}
