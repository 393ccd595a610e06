import { createReportRunner, type ReportRunner } from '../../server/reports/runner.ts'
import type { ReportId } from '../../shared/ids.ts'
import { reportOptions, type ReportOptionsInput } from '../../shared/report.ts'
import { importScene, type ImportScene } from './import-scene.ts'

export const computedWith = { programVersion: '1.0.0', zoneDataVersion: '2026b' }

/** After the reports of a scene, which threads begin by the machine's clock. */
export const later = Date.UTC(2100, 0, 1)

export interface ReportScene extends ImportScene {
  readonly runner: ReportRunner
  /** A complete report. */
  report(options?: ReportOptionsInput): Promise<ReportId>
  /** Imports a file later than all reports. */
  importLater(name: string, text: string): Promise<void>
}

/** As `importScene`, and a runner of reports with parts of so many stores. */
export async function reportScene(storesPerPart: number): Promise<ReportScene> {
  await using parts = new AsyncDisposableStack()
  const scene = parts.use(await importScene())
  const runner = parts.use(
    createReportRunner({
      reading: scene.db,
      writing: scene.db,
      databaseUrl: scene.databaseUrl,
      workers: 2,
      startThreads: 'on demand',
      storesPerPart,
      computedWith,
      now: Date.now,
      onError: (error) => {
        throw error
      },
    }),
  )
  const owned = parts.move()
  return {
    ...scene,
    runner,
    async report(options = {}) {
      const { reportId } = await runner.trigger(reportOptions.parse(options))
      for await (const { state, failure } of runner.watch(reportId)) {
        if (state === 'failed') throw new Error(failure!)
      }
      return reportId
    },
    async importLater(name, text) {
      await scene.import(await scene.write(name, text), { now: () => later })
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
