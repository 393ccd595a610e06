import { STATUS_CODES } from 'node:http'
import { describe, expect, test } from 'vitest'
import { AppError, appErrorCodes } from '../../shared/app-error.ts'
import { appErrorCodeOf, problemOf } from '../../shared/problem.ts'

describe('a problem', () => {
  test.each(appErrorCodes)(
    'of the code %s has the title of its status, which leads back to a code of that status',
    (code) => {
      const { status, title, detail } = problemOf(new AppError(code, 'this is wrong'))
      expect(title).toBe(STATUS_CODES[status])
      expect(detail).toBe('this is wrong')
      expect(problemOf(new AppError(appErrorCodeOf(status), '')).status).toBe(status)
    },
  )

  test.each([
    [400, 'invalid'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [408, 'timed-out'],
    [409, 'conflict'],
    [413, 'too-large'],
    [500, 'internal'],
    [503, 'unavailable'],
  ] as const)('of the status %i is %s', (status, code) => {
    expect(appErrorCodeOf(status)).toBe(code)
  })

  test.each([
    [405, 'invalid'],
    [502, 'unavailable'],
    [504, 'unavailable'],
  ] as const)('of the status %i, which is not ours, is %s', (status, code) => {
    expect(appErrorCodeOf(status)).toBe(code)
  })
})
