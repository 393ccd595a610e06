/**
 * Does what a Dockerfile says without Docker: a stage is a folder that stands for the root of a file system. What cannot
 * be done so is refused, so that it is not passed over.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

export interface Instruction {
  readonly name: string
  /** Such as `--from=build`. */
  readonly flags: Readonly<Record<string, string>>
  readonly text: string
}

export interface Stage {
  readonly base: string
  readonly root: string
  readonly workdir: string
  readonly environment: Readonly<Record<string, string>>
  readonly user: string
  readonly instructions: readonly Instruction[]
}

export interface BuildOptions {
  /** The files that Docker would be given, relative to `contextFolder`. */
  readonly contextFiles: readonly string[]
  readonly contextFolder: string
  readonly folder: string
  /** What stands for that of the base image. */
  readonly environment: Readonly<Record<string, string>>
}

export function parseDockerfile(text: string): Instruction[] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', flagText = '', rest = ''] = /^(\w+)\s+((?:--\S+\s+)*)(.*)$/.exec(line) ?? []
      const flags = flagText
        .split(/\s+/)
        .filter(Boolean)
        .map((flag) => /^(--[^=]+)=?(.*)$/.exec(flag)!.slice(1) as [string, string])
      return { name, flags: Object.fromEntries(flags), text: rest.trim() }
    })
}

/** Builds all stages; returns them by name. Throws where a step fails. */
export function buildStages(dockerfile: string, options: BuildOptions): Map<string, Stage> {
  const stages = new Map<string, Stage>()
  const sections: Instruction[][] = []
  for (const instruction of parseDockerfile(dockerfile)) {
    if (instruction.name === 'FROM') sections.push([])
    sections.at(-1)!.push(instruction)
  }
  for (const [from, ...steps] of sections) {
    const [, base = '', name = ''] = /^(\S+)(?: AS (\S+))?$/.exec(from!.text)!
    const root = join(options.folder, name)
    mkdirSync(root)
    let stage: Stage = {
      base,
      root,
      workdir: '/',
      environment: options.environment,
      user: 'root',
      instructions: steps,
    }
    for (const step of steps) stage = afterStep(stage, step, stages, options)
    stages.set(name, stage)
  }
  return stages
}

function afterStep(
  stage: Stage,
  { name, flags, text }: Instruction,
  stages: Map<string, Stage>,
  options: BuildOptions,
): Stage {
  switch (name) {
    case 'WORKDIR':
      mkdirSync(inStage(stage, text), { recursive: true })
      return { ...stage, workdir: resolve(stage.workdir, text) }
    case 'ENV': {
      const pairs = text.split(/\s+/).map((pair) => pair.split('=') as [string, string])
      return { ...stage, environment: { ...stage.environment, ...Object.fromEntries(pairs) } }
    }
    case 'USER':
      return { ...stage, user: text }
    case 'RUN':
      run(stage, text)
      return stage
    case 'COPY': {
      const from = flags['--from']
      if (from === undefined) copyContext(stage, text, options)
      else copyFrom(stage, text, stages.get(from)!)
      return stage
    }
    case 'VOLUME':
    case 'EXPOSE':
    case 'STOPSIGNAL':
    case 'HEALTHCHECK':
    case 'ENTRYPOINT':
    case 'CMD':
      return stage
    default:
      throw new Error(`no step ${name} is known here`)
  }
}

/** Where a path of a stage is on this machine. */
export function inStage(stage: Stage, path: string): string {
  return join(stage.root, resolve(stage.workdir, path))
}

/** A text of the Dockerfile with its absolute paths where they are on this machine. */
export function withPathsOf({ root }: Pick<Stage, 'root'>, text: string): string {
  return text.replaceAll(/(?<![\w.:/*-])\/(?=(?:app|data|datastore)\b)/g, `${root}/`)
}

function run(stage: Stage, command: string): void {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', withPathsOf(stage, command)], {
    cwd: inStage(stage, '.'),
    env: stage.environment,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`RUN ${command} ended with ${status}:\n${stdout}${stderr}`)
}

function copyContext(stage: Stage, text: string, { contextFiles, contextFolder }: BuildOptions): void {
  const sources = text.split(/\s+/)
  const target = sources.pop()!
  for (const source of sources) {
    const prefix = source === '.' ? '' : `${source}/`
    const files = contextFiles.filter((file) => file === source || file.startsWith(prefix))
    if (files.length === 0) throw new Error(`COPY ${text}: there is no ${source}, or it is ignored`)
    for (const file of files) {
      const to = inStage(stage, join(target, file === source ? basename(file) : file.slice(prefix.length)))
      mkdirSync(dirname(to), { recursive: true })
      cpSync(join(contextFolder, file), to)
    }
  }
}

function copyFrom(stage: Stage, text: string, from: Stage): void {
  const [source = '', target = ''] = text.split(/\s+/)
  cpSync(inStage(from, source), inStage(stage, target), { recursive: true, verbatimSymlinks: true })
}

/** The words of an instruction that is written as JSON. */
export function wordsOf({ instructions }: Pick<Stage, 'instructions'>, name: string): string[] {
  const { text } = instructions.findLast((instruction) => instruction.name === name)!
  return JSON.parse(text.replace(/^CMD /, '')) as string[]
}
