import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { chromiumPath, startChromium } from '../support/chromium.ts'
import type { Bench } from './bench.ts'
import { spreadOf, type Figure } from './figures.ts'
import { createHttpClient } from './http.ts'
import { computeReport } from './report-bench.ts'
import { startBenchServer } from './server.ts'

const MOST_LOAD_MS = 600
const MOST_FRAME_MS = 12

const clone = join(import.meta.dirname, '../..')
/** A page that has had nothing to do for so long is loaded. */
const IDLE_MS = 1000
const LOOK_MS = 250
/** What may be done in a look without it being work: a clock, a heartbeat. */
const IDLE_CPU_MS = 3
const FRAMES = 120
const PIXELS_A_FRAME = 90

/** The page in Chromium: the time of a processor that its main thread takes. Another machine's browser is another one. */
export async function benchPage({ programs, databasePath, runs }: Bench): Promise<Figure[]> {
  if (chromiumPath === undefined) return [notMeasured('page, until loaded'), notMeasured('page, a frame')]
  await layOutPage(dirname(programs.served))
  await using server = await startBenchServer(programs, databasePath)
  using client = createHttpClient(server.url)
  await computeReport(client)
  await using parts = new AsyncDisposableStack()
  const browser = parts.adopt(await startChromium(), (started) => started.close())
  const loads: number[] = []
  const frames: number[] = []
  for (let run = 0; run < runs; run++) {
    loads.push(await loadMs(browser, server.url))
    frames.push(await frameMs(browser, server.url))
  }
  return [
    figureOf('page, until loaded', loads, MOST_LOAD_MS),
    figureOf('page, a frame of scrolling stores', frames, MOST_FRAME_MS),
  ]
}

function notMeasured(name: string): Figure {
  return { name, unit: 'ms', note: 'no Chromium here: CHROMIUM_PATH says where one is' }
}

function figureOf(name: string, values: readonly number[], most: number): Figure {
  return {
    name,
    unit: 'ms',
    ours: spreadOf(values),
    goal: { of: 'figure', most },
    note: 'of a processor, of the main thread of Chromium',
  }
}

/** The page as the package has it, beside the program that serves it. */
async function layOutPage(dist: string): Promise<void> {
  await promisify(execFile)(process.execPath, [join(clone, 'build/web.ts')])
  cpSync(join(clone, 'dist/web'), join(dist, 'web'), { recursive: true })
}

/** The overview, in a browser that has nothing of it. */
async function loadMs(browser: Browser, url: string): Promise<number> {
  await using opened = await openWatched(browser)
  await opened.page.goto(url)
  await opened.page.locator('.figures').waitFor()
  return await untilIdle(opened.session)
}

/** The stores, scrolled fast enough that new rows are asked for all the time. */
async function frameMs(browser: Browser, url: string): Promise<number> {
  await using opened = await openWatched(browser)
  const { page, session } = opened
  await page.goto(`${url}/stores`)
  await page.locator('.grid-row[data-row]').first().waitFor()
  const before = await untilIdle(session)
  await page.evaluate(scrollFrames)
  return ((await threadMs(session)) - before) / FRAMES
}

/** Runs in the page. */
const scrollFrames = `(async () => {
  const grid = document.querySelector('.grid')
  for (let frame = 0; frame < ${FRAMES}; frame++) {
    await new Promise(requestAnimationFrame)
    grid.scrollTop += ${PIXELS_A_FRAME}
  }
})()`

async function openWatched(browser: Browser): Promise<{ page: Page; session: CDPSession } & AsyncDisposable> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return { page, session, [Symbol.asyncDispose]: () => context.close() }
}

/** The time of a processor that the main thread has had when it has had nothing to do for a while. */
async function untilIdle(session: CDPSession): Promise<number> {
  let last = await threadMs(session)
  for (let idleMs = 0; idleMs < IDLE_MS;) {
    await setTimeout(LOOK_MS)
    const now = await threadMs(session)
    idleMs = now - last > IDLE_CPU_MS ? 0 : idleMs + LOOK_MS
    last = now
  }
  return last
}

async function threadMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000
}
