/** Parts of the service that commands mostly do without: what they are made of is loaded when they are wanted. */
import type { Hono } from 'hono'
import type { Provider } from './access/oidc/provider.ts'
import type { ApiParts } from './api/api-parts.ts'
import type { reportFile } from './api/rest/report-file.ts'
import type { HttpSetting } from './api/http-app.ts'
import type { OidcSetting } from './config-file/oidc-setting.ts'
import type { Limits } from './limits/setting.ts'
import type { ServiceSetting } from './service-setting.ts'

/** The path of a file with these bytes, among the temporary ones; disposing removes it. */
export async function spooledUpload(bytes: AsyncIterable<Uint8Array>, limits: Limits) {
  const { spool, spoolFolder } = await import('./api/rest/upload-spool.ts')
  await using parts = new AsyncDisposableStack()
  const { path } = parts.use(await spoolFolder())
  await spool(bytes, path, limits)
  const owned = parts.move()
  return { path, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

export async function providerBy(oidc: OidcSetting, setting: ServiceSetting): Promise<Provider> {
  const { createProvider } = await import('./access/oidc/provider.ts')
  const { environment = {}, onNotice = () => {}, version, now } = setting
  return createProvider(oidc, { environment, onNotice, version, now })
}

export async function loadApp(parts: ApiParts, setting: HttpSetting): Promise<Hono> {
  const { createHttpApp } = await import('./api/http-app.ts')
  return createHttpApp(parts, setting)
}

/** A complete report as a file. */
export async function fileOfReport(...[db, report, options]: Parameters<typeof reportFile>) {
  const { reportFile } = await import('./api/rest/report-file.ts')
  return reportFile(db, report, options)
}
