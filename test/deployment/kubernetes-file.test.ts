import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import {
  PodDisruptionBudget,
  type IPodDisruptionBudget,
} from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { Service, type IService } from 'kubernetes-models/v1/Service'
import { parseAllDocuments } from 'yaml'
import { expect, test } from 'vitest'
import { describeSettings, readConfig } from '../../server/config.ts'
import { STOP_WITHIN_MS } from '../../server/serve.ts'

const root = join(import.meta.dirname, '../..')
const documents = parseAllDocuments(readFileSync(join(root, 'deploy/kubernetes.yaml'), 'utf8'))
const [service, deployment, budget] = documents.map((document) => document.toJS() as unknown) as [
  IService,
  IDeployment,
  IPodDisruptionBudget,
]
const pod = deployment.spec!.template.spec!
const [container] = pod.containers as [(typeof pod.containers)[number]]

test('kubernetes.yaml is what Kubernetes has as its schemas', () => {
  expect(documents.map(({ errors }) => errors)).toEqual([[], [], []])
  for (const model of [new Service(service), new Deployment(deployment), new PodDisruptionBudget(budget)])
    expect(() => model.validate()).not.toThrow()
  const wrong = { ...deployment, spec: { ...deployment.spec!, replicas: '3' as never } }
  expect(() => new Deployment(wrong).validate()).toThrow('/spec/replicas must be integer')
})

/** The schemas let fields pass that they do not have, which Kubernetes then leaves out: the types do not. */
function saidOfTypes(manifest: string): string {
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'kubernetes-'))
  const file = join(folder, 'manifest.ts')
  writeFileSync(
    file,
    `import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
     import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
     import type { IService } from 'kubernetes-models/v1/Service'
     export const manifest: [IService, IDeployment, IPodDisruptionBudget] = ${manifest}`,
  )
  const flags = ['--noEmit', '--ignoreConfig', '--strict', '--skipLibCheck', '--module', 'nodenext']
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, ...flags, file], { encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  return stdout
}

test('kubernetes.yaml has no field that Kubernetes does not know', () => {
  const manifest = JSON.stringify([service, deployment, budget])
  expect(saidOfTypes(manifest)).toBe('')
  expect(saidOfTypes(manifest.replace('"livenessProbe"', '"livenesProbe"'))).toContain('livenesProbe')
})

test('its servers have settings that there are, and the database of a secret', () => {
  const env = container.env ?? []
  const settings = new Set(describeSettings().flatMap(({ variables }) => variables))
  expect(env.map(({ name }) => name).filter((name) => !settings.has(name))).toEqual([])
  const secret = env.find(({ name }) => name === 'DATABASE_URL')
  expect(secret?.valueFrom?.secretKeyRef).toEqual({ name: 'store-monitor', key: 'DATABASE_URL' })
  const url = 'postgresql://monitor:secret@database:5432/stores'
  const config = readConfig(Object.fromEntries(env.map(({ name, value = url }) => [name, value])))
  expect(config).toMatchObject({ databaseUrl: url, role: 'all', workers: 2, insecure: false })
})

test('it is asked at paths that are answered, led to by its labels, and stopped as slowly as it stops', () => {
  const { startupProbe, livenessProbe, readinessProbe, lifecycle } = container
  const paths = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet)
  expect(paths).toEqual([
    { path: '/livez', port: 'http' },
    { path: '/livez', port: 'http' },
    { path: '/readyz', port: 'http' },
  ])
  const labels = deployment.spec!.template.metadata!.labels!
  for (const selector of [
    service.spec!.selector,
    deployment.spec!.selector.matchLabels,
    budget.spec!.selector!.matchLabels,
  ])
    expect(labels).toMatchObject(selector!)
  const spareSeconds = pod.terminationGracePeriodSeconds! - lifecycle!.preStop!.sleep!.seconds
  expect(spareSeconds * 1000).toBeGreaterThan(STOP_WITHIN_MS)
})

test('it may as little as it can', () => {
  expect(pod).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  })
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
})
