import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { chromiumPath, startChromium } from '../support/chromium.ts'
import { mainThreadOf, type MainThread } from '../support/main-thread.ts'
import type { Bench } from './bench.ts'
import { spreadOf, type Figure } from './figures.ts'
import { createHttpClient } from './http.ts'
import { computeReport } from './report-bench.ts'
import { startBenchServer } from './server.ts'

const MOST_LOAD_MS = 600
const MOST_FRAME_MS = 12

const clone = join(import.meta.dirname, '../..')
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
  return await opened.thread.busyMsUntilIdle()
}

/** The stores, scrolled fast enough that new rows are asked for all the time. */
async function frameMs(browser: Browser, url: string): Promise<number> {
  await using opened = await openWatched(browser)
  const { page, thread } = opened
  await page.goto(`${url}/stores`)
  await page.locator('.grid-row[data-row]').first().waitFor()
  const before = await thread.busyMsUntilIdle()
  await page.evaluate(scrollFrames)
  return ((await thread.busyMs()) - before) / FRAMES
}

/** Runs in the page. */
const scrollFrames = `(async () => {
  const grid = document.querySelector('.grid')
  for (let frame = 0; frame < ${FRAMES}; frame++) {
    await new Promise(requestAnimationFrame)
    grid.scrollTop += ${PIXELS_A_FRAME}
  }
})()`

async function openWatched(browser: Browser): Promise<{ page: Page; thread: MainThread } & AsyncDisposable> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  const thread = await mainThreadOf(page)
  return { page, thread, [Symbol.asyncDispose]: () => context.close() }
}
