import type { Hono } from 'hono'
import type { ReportId } from '../shared/ids.ts'
import { isFinished } from '../shared/report-state.ts'
import { createAccess, type Access } from './access/access.ts'
import { operator } from './access/principal.ts'
import type { ApiParts } from './api/api-parts.ts'
import type { FileOptions } from './api/rest/report-file.ts'
import { createAsking, type Asking } from './asking.ts'
import type { HttpSetting } from './api/http-app.ts'
import { callsOf, type RouterCalls } from './api/router.ts'
import { usualConfig } from './config.ts'
import { createChanging } from './changing.ts'
import { listenOn, type Announced } from './database/announced.ts'
import { connect } from './database/connect.ts'
import { dialectOf } from './database/dialect/dialect.ts'
import { cancelImport, getImport } from './database/imports.ts'
import { readNews } from './database/news.ts'
import { migrateToLatest } from './database/migrate.ts'
import { hasTail } from './database/tail/tidy-tail.ts'
import { getReport } from './database/reports.ts'
import type { Importer } from './ingest/importing/importer.ts'
import { watchUnfinishedImports } from './ingest/importing/unfinished-imports.ts'
import { createKeptUploads } from './ingest/uploading/kept-uploads.ts'
import { createPollExporter } from './export/poll-exporter.ts'
import { checkedPusher } from './ingest/pushing/checked-pusher.ts'
import { createWriter } from './ingest/writer/writer.ts'
import { createGate } from './limits/gate.ts'
import { usualLimits } from './limits/setting.ts'
import { createLive } from './live/live.ts'
import { fileOfReport, loadApp, providerBy, spooledUpload } from './loaded-later.ts'
import { startWatcher, type Watcher } from './ingest/watching/watcher.ts'
import { createImportWatch } from './import-watch.ts'
import { createNewsWatch } from './news-watch.ts'
import { repeatedly } from './repeatedly.ts'
import { watchChanges } from './observe/change-watch.ts'
import { measureDatabase, type Load } from './observe/load.ts'
import { readinessOf } from './observe/readiness.ts'
import { observedImporter, observedPusher } from './observe/ways-in.ts'
import { createReportRunner, type ReportRunner } from './reports/runner.ts'
import { createRetainer } from './retention/retainer.ts'
import type { ServiceSetting } from './service-setting.ts'
import { createTelling, type Telling } from './telling.ts'
import { untraced } from './tracing/work-traces.ts'
import { checkWatchedFolders } from './watched-folders.ts'

export interface Service extends AsyncDisposable {
  /** What answers the router's calls. */
  readonly calls: RouterCalls
  /** The file of a complete report, without HTTP. */
  reportFile(id: ReportId, options: FileOptions): Promise<ReadableStream<Uint8Array>>
  /** The HTTP application, loaded when it is first asked for: commands need no more than the router. */
  app(setting?: HttpSetting): Promise<Hono>
  /** Who may call it. */
  readonly access: Pick<Access, 'asksWho'>
  readonly importer: Importer
  readonly reports: ReportRunner
  /** Begins nothing further by itself. */
  stopTaking(): void
  /** Begins to watch folders, and takes up what a killed process left unfinished. For the one process that owns the database: a server. */
  recover(): Promise<void>
  /** What it asks others for by itself, once that is started. For servers. */
  readonly asking: Pick<Asking, 'start'>
  /** What it tells others by itself, likewise. */
  readonly telling: Pick<Telling, 'start'>
}

/** A server that nobody pushes to looks after the tail all the same. */
const TIDY_EVERY_MS = 3_600_000
const RETAIN_EVERY_MS = 600_000
/** When a key was used last is known this late. */
const WRITE_USES_EVERY_MS = 300_000

/** Builds all parts and joins them; disposing takes them down in reverse. */
export async function createService(setting: ServiceSetting): Promise<Service> {
  const {
    databaseUrl,
    mayCreateDatabase = true,
    workers,
    startThreads,
    startWriter = 'on demand',
    publicUrl,
    role = usualConfig.role,
    getReportAs = usualConfig.getReportAs,
    watch = usualConfig.watch,
    watchMove = usualConfig.watchMove,
    sessionIdle = usualConfig.sessionIdle,
    sessionLifetime = usualConfig.sessionLifetime,
    watchTimes,
    uploadTimes,
    oidc,
    limits = usualLimits,
    patienceMs,
    version,
    now,
    onNotice = () => {},
    onError,
    observe = () => {},
    retainEveryMs = RETAIN_EVERY_MS,
    metrics,
    workTraces: traces = untraced,
  } = setting
  checkWatchedFolders(watch, databaseUrl)
  await using parts = new AsyncDisposableStack()
  const writer = parts.use(createWriter({ databaseUrl, startThread: startWriter, limits }))
  const patience = patienceMs === undefined ? {} : { patienceMs }
  const writing = parts.use(
    await connect(databaseUrl, { mayCreate: mayCreateDatabase, checkpoints: false, ...patience }),
  )
  await migrateToLatest(writing)
  // A connection of their own, so that readers do not queue behind a write that waits for its turn.
  const reading = parts.use(await connect(databaseUrl, { readOnly: true, ...patience }))
  const computedWith = { programVersion: version, zoneDataVersion: process.versions['tz'] ?? 'unknown' }
  const reports = parts.use(
    createReportRunner({
      reading,
      writing,
      databaseUrl,
      workers,
      startThreads,
      doesReports: role !== 'web',
      computedWith,
      limits,
      now,
      onEnd: (report) => observe({ type: 'report', report }),
      traces,
      onError,
    }),
  )
  // For what opens the database anew: it would find another one, where somebody has put one in its place.
  const checkInPlace = () => dialectOf(writing).checkInPlace(writing)
  const changing = parts.use(createChanging({ databaseUrl, checkInPlace, ...patience }))
  const threads = { databaseUrl, workers, storesPerPart: undefined, patienceMs, computedWith }
  const polls = parts.use(createPollExporter(threads, { checkInPlace }))
  const live = parts.use(createLive(threads, { checkInPlace, onError, mostWatchers: limits.followers }))
  const importer: Importer = {
    stop: () => writer.stop(),
    async importPaths(paths, options) {
      checkInPlace()
      return writer.importPaths(paths, options)
    },
  }
  const keptUploads = parts.use(
    createKeptUploads({
      reading,
      writing,
      lasting: () => changing.lasting(),
      importer: observedImporter(importer, 'upload', observe),
      limits,
      spooled: (bytes) => spooledUpload(bytes, limits),
      now,
      onError,
      times: uploadTimes,
    }),
  )
  const pusher = checkedPusher(writer, checkInPlace)
  const asking = parts.use(
    createAsking(setting, {
      reading,
      writing,
      importer: observedImporter(importer, 'source', observe),
      pusher: observedPusher(pusher, 'poller', observe, traces),
      traces,
      version,
      now,
      onError,
    }),
  )
  const csv = { format: 'csv', columns: 'default' } as const
  const reportCsv = async (id: string) => fileOfReport(reading, await getReport(reading, id as ReportId), csv)
  const telling = parts.use(
    createTelling(setting, {
      ...setting,
      reading,
      writing,
      reports,
      reportCsv,
      observe,
      threads,
      checkInPlace,
      looks: role !== 'web',
    }),
  )
  const provider = oidc && parts.use(await providerBy(oidc, setting))
  const access = createAccess({
    reading,
    writing,
    lasting: () => changing.lasting(),
    now,
    sessionTimes: { idleMs: sessionIdle, lifetimeMs: sessionLifetime },
    provider,
    onError,
  })
  parts.defer(() => access.write().catch(onError))
  function load(): Load {
    const { threads: reportThreads, ...counts } = reports.load()
    return {
      ...writer.load(),
      reports: counts,
      threads: {
        reports: reportThreads,
        views: reports.viewThreads(),
        live: live.threads(),
        exports: polls.threads(),
      },
    }
  }
  const retention = createRetainer(setting, { databaseUrl, reading, now, checkInPlace, traces })
  const news = createNewsWatch({ read: () => readNews(reading, now()), onError })
  const importWatch = createImportWatch({ read: (importId) => getImport(reading, importId), onError })
  const apiParts: ApiParts = {
    db: reading,
    access,
    provider,
    change: changing.change,
    removeStores: changing.removeStores,
    now,
    reports,
    importer: observedImporter(importer, 'upload', observe),
    keptUploads,
    pusher: observedPusher(pusher, 'push', observe),
    polls,
    sources: () => asking.sources(),
    pollers: () => asking.pollers(),
    alerts: () => telling.alerts(),
    digests: () => telling.digests(),
    watchedFolders: () => watcher?.folders() ?? [],
    retention,
    cancelImport: (importId) => cancelImport(writing, importId, now()),
    live,
    news,
    importWatch,
    readiness: () => readinessOf({ db: reading, oldestPushMs: () => writer.load().oldestPushMs }),
    metrics: async () => metrics?.text({ load: load(), database: () => measureDatabase(reading) }),
    version,
    publicUrl,
    getReportAs,
    limits,
    uploads: createGate(limits, 'uploads', 'files that are uploaded and imported'),
    onError,
  }
  function hear(announced: Announced): void {
    reports.hear(announced)
    if (announced.type === 'import' || announced.type === 'perhaps') {
      keptUploads.lookSoon()
      importWatch.lookSoon()
    }
    // How far a report is is no news.
    if (announced.type !== 'report' || isFinished(announced.state)) news.lookSoon()
    if (announced.type === 'report' || announced.type === 'new-report') return
    live.lookSoon()
    telling.lookSoon()
  }
  async function foldWhatIsOld(): Promise<void> {
    if (await hasTail(reading)) await writer.tidy()
  }
  let app: Promise<Hono> | undefined
  let watcher: Watcher | undefined
  const owned = parts.move()
  return {
    calls: callsOf(apiParts, operator),
    async reportFile(id, options) {
      const { bytes } = await fileOfReport(reading, await getReport(reading, id), options)
      return ReadableStream.from(bytes())
    },
    app: (http = {}) => (app ??= loadApp(apiParts, http)),
    access,
    importer,
    reports,
    async recover() {
      void provider?.look()
      owned.use(listenOn(reading, databaseUrl, hear, { version, now }))
      owned.use(await watchChanges(reading, observe, { onError }))
      owned.use(await watchUnfinishedImports(writing, { now, onError }))
      keptUploads.start()
      owned.use(repeatedly(() => access.write(), { everyMs: WRITE_USES_EVERY_MS, onError }))
      if (role === 'web') return
      owned.use(repeatedly(foldWhatIsOld, { everyMs: TIDY_EVERY_MS, onError }))
      owned.use(repeatedly(() => retention.runByItself(), { everyMs: retainEveryMs, onError }))
      await reports.resumeUnfinished()
      watcher = owned.use(
        startWatcher({
          databaseUrl,
          folders: watch,
          movesFiles: watchMove,
          importer: observedImporter(importer, 'watch', observe, traces),
          onNotice,
          onError,
          ...watchTimes,
        }),
      )
    },
    stopTaking() {
      retention.stop()
      keptUploads.stop()
      reports.stop()
      watcher?.stop()
      asking.stop()
      telling.stop()
    },
    asking,
    telling,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
