import { expect, test } from 'vitest'
import { createCircuit, type Circuit } from '../../../server/ingest/polling/circuit.ts'

const MINUTE_MS = 60_000

function answers(circuit: Circuit, hasAnswer: boolean, count: number, nowMs: number) {
  return Array.from({ length: count }, () => circuit.answered(hasAnswer, nowMs)).filter(
    (one) => one !== undefined,
  )
}

/** Asks as many as may be at the end of a pause, all of which have no answer. */
function failProbes(circuit: Circuit): void {
  const atMs = circuit.pause!.untilMs
  const probes = circuit.mayAsk(100, atMs)
  circuit.asked(probes)
  answers(circuit, false, probes, atMs)
}

test('it pauses where most of the latest failed, and says so once', () => {
  const circuit = createCircuit()
  expect(answers(circuit, false, 9, 0)).toEqual([])
  expect(circuit.mayAsk(100, 0)).toBe(100)
  expect(answers(circuit, false, 5, 0)).toEqual(['paused'])
  expect(circuit.pause).toEqual({ sinceMs: 0, untilMs: MINUTE_MS })
  expect(circuit.mayAsk(100, MINUTE_MS - 1)).toBe(0)
})

test('some failures among many answers are those of stores', () => {
  const circuit = createCircuit()
  answers(circuit, true, 30, 0)
  expect(answers(circuit, false, 25, 0)).toEqual([])
  expect(answers(circuit, false, 1, 0)).toEqual(['paused'])
})

test('what was asked before the pause makes it neither longer nor shorter', () => {
  const circuit = createCircuit()
  answers(circuit, false, 10, 0)
  expect(answers(circuit, false, 100, 1000)).toEqual([])
  expect(answers(circuit, true, 1, 1000)).toEqual([])
  expect(circuit.pause).toEqual({ sinceMs: 0, untilMs: MINUTE_MS })
})

test('a few are asked after it; where they have no answer it pauses for longer, up to a quarter of an hour', () => {
  const circuit = createCircuit()
  answers(circuit, false, 10, 0)
  expect(circuit.mayAsk(100, MINUTE_MS)).toBe(3)
  circuit.asked(2)
  expect(circuit.mayAsk(100, MINUTE_MS)).toBe(1)
  circuit.asked(1)
  expect(circuit.mayAsk(100, MINUTE_MS)).toBe(0)
  answers(circuit, false, 3, MINUTE_MS)
  const lengths: number[] = []
  for (let i = 0; i < 6; i++) {
    const { untilMs } = circuit.pause!
    failProbes(circuit)
    lengths.push((circuit.pause!.untilMs - untilMs) / MINUTE_MS)
  }
  expect(lengths).toEqual([4, 8, 15, 15, 15, 15])
  expect(circuit.pause!.sinceMs).toBe(0)
})

test('one answer after it is enough to go on; where it comes and goes pauses become longer all the same', () => {
  const circuit = createCircuit()
  answers(circuit, false, 10, 0)
  circuit.asked(1)
  expect(answers(circuit, true, 1, MINUTE_MS)).toEqual(['going on'])
  expect(circuit.pause).toBeUndefined()
  expect(answers(circuit, false, 10, 2 * MINUTE_MS)).toEqual(['paused'])
  expect(circuit.pause!.untilMs).toBe(4 * MINUTE_MS)
  answers(circuit, true, 1, 4 * MINUTE_MS)
  answers(circuit, true, 20, 4 * MINUTE_MS)
  answers(circuit, false, 40, 5 * MINUTE_MS)
  expect(circuit.pause!.untilMs).toBe(6 * MINUTE_MS)
})

test('a pause that another process began goes on', () => {
  const circuit = createCircuit({ sinceMs: 0, untilMs: 5 * MINUTE_MS })
  expect(circuit.mayAsk(100, 4 * MINUTE_MS)).toBe(0)
  expect(circuit.mayAsk(100, 5 * MINUTE_MS)).toBe(3)
})
