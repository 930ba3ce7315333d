import { basename } from 'node:path'
import type { ProcessIdentity } from '../board/event.ts'
import {
  choosePrompt,
  type RunSettings,
  runSettings,
  type SpecSettings,
  sourceWords,
  specSettings,
} from '../config/settings.ts'
import { type Base, changedFiles, originOf, resolveBase } from '../git/base.ts'
import { checkComplete } from '../git/missing.ts'
import { createRunRepository, type RunRepository } from '../git/run-repository.ts'
import type { Environment, Inputs } from '../inputs.ts'
import { faultOf, lintFolder } from '../lint/lint.ts'
import { messageOf } from '../message.ts'
import { makePlan, type WorkedWith } from '../plan/make-plan.ts'
import type { Plan } from '../plan/plan.ts'
import type { ChoiceError } from '../plan/select.ts'
import { Registry } from '../process/registry.ts'
import { err, ok, type Result } from '../result.ts'
import { localDay } from '../shell/local-day.ts'
import type { StateDir } from '../shell/state-dir.ts'
import { below, type Diagnostic } from '../spec/diagnostic.ts'
import type { Spec, SpecId } from '../spec/spec.ts'
import { claim } from './claim.ts'
import { checkSpace } from './disk.ts'
import { type Engaged, engage } from './engage.ts'
import { type Instructions, readInstructions } from './instructions.ts'
import { openLint } from './lint.ts'
import { type Position, positions, type Wanted } from './positions.ts'
import { parallelism, type Survey } from './survey.ts'

/** A run that has its place on disk, its own repository and its plan. Disposing of it gives the workspace free. */
export interface OpenRun extends Disposable {
  readonly key: string
  readonly dir: StateDir
  readonly main: ProcessIdentity
  readonly repository: RunRepository
  readonly base: Base
  readonly plan: Plan
  readonly settings: RunSettings
  readonly agents: readonly Position[]
  /** Undefined where nothing is to be worked. */
  readonly engaged: Engaged | undefined
  /** What is wrong with the planned specs and keeps none of them from being worked. */
  readonly lint: readonly Diagnostic[]
  readonly instructions: Instructions
  /** Something is left to do: the workspace stays locked by this process, which is about to end. */
  readonly leaveToPost: () => void
}

/** Takes the workspace, makes the state directory and the run's repository, and plans. The error leaves nothing behind. */
export async function openRun(inputs: Inputs, ground: Survey, env: Environment): Promise<Result<OpenRun, string>> {
  const mode = inputs.mode === 'plan' ? 'plan' : 'run'
  const claimed = await claim(mode, ground, env)
  if (!claimed.ok) return claimed
  const { key, main, dir } = claimed.value
  using undo = new DisposableStack()
  undo.defer(claimed.value.release)
  undo.defer(claimed.value.remove)

  const repository = await createRunRepository(dir.repository, ground.repository)
  if (!repository.ok) return repository
  const origin = originOf(ground.github, inputs.token)
  const base = await resolveBase(inputs.base, ground.github, ground.repository, repository.value, origin)
  if (!base.ok) return base
  const only = await changedSpecs(inputs, ground, repository.value, origin)
  if (!only.ok) return only
  const settings = runSettings(ground.sources)
  const wantedAgents = positions(whoIsWanted(inputs, ground))
  if (!wantedAgents.ok) return wantedAgents
  const from = { directory: ground.project, root: ground.repository.top }
  const lint = openLint(from, ground.folder, ground.config.merged.config.lint, inputs.prompt)
  const choice = {
    specs: inputs.specs,
    labels: inputs.labels,
    today: localDay(new Date()),
    ...(only.value ? { only: only.value } : {}),
    skipDeps: inputs.skipDeps,
    skipApproval: inputs.skipApproval,
    branchPrefix: settings.branchPrefix.value,
    agent: [...new Set(wantedAgents.value.map(({ adapter }) => adapter.name))].join(', '),
    workedWith: (spec: Spec) => workedWith(specSettings(ground.sources, spec)),
    faultOf: (spec: Spec) => faultOf(spec, lint),
  }
  const wanted = makePlan(ground.folder, choice)
  if (!wanted.ok) return err(choiceError(wanted.error, settings))
  const promptAt = ground.config.merged.origins.get('defaults.prompt')
  const instructions = await readInstructions(from, chosenSpecs(ground, wanted.value), {
    choosePrompt: (spec, own) => choosePrompt(ground.sources, spec, own),
    ...(promptAt ? { defaultPromptAt: `${below(ground.repository.prefix, promptAt.file)}:${promptAt.line}` } : {}),
    promptExtensions: settings.promptExtensions.value,
    projectName: settings.projectName.value,
    strictOutput: settings.strictOutput.value,
  })
  if (!instructions.ok) return instructions
  const { unusable } = instructions.value
  const plan =
    unusable.size > 0
      ? makePlan(ground.folder, { ...choice, faultOf: (spec) => choice.faultOf(spec) ?? unusable.get(spec.id) })
      : wanted
  if (!plan.ok) return err(choiceError(plan.error, settings))

  const works = mode === 'run' && plan.value.workers.length > 0
  const complete = works ? await checkComplete(ground.repository, repository.value, base.value.sha) : ok(undefined)
  if (!complete.ok) return complete
  const engaged = works
    ? await engage(wantedAgents.value, inputs, ground, settings, plan.value, env, dir.asking)
    : ok(undefined)
  if (!engaged.ok) return engaged
  if (works) {
    const workers = Math.min(plan.value.workers.length, parallelism(inputs.maxParallel))
    const space = await checkSpace(dir.root, repository.value, base.value.sha, workers)
    if (!space.ok) return space
    try {
      new Registry(ground.project).prepare()
    } catch (error) {
      return err(`The process files cannot be written in ${ground.project}/.chant: ${messageOf(error)}`)
    }
  }
  // From here on nothing is undone: what this run leaves is worth keeping.
  undo.move()
  let release = mode === 'run' ? claimed.value.release : claimed.value.remove
  return ok({
    key,
    dir,
    main,
    repository: repository.value,
    base: base.value,
    plan: plan.value,
    settings,
    agents: wantedAgents.value,
    engaged: engaged.value,
    lint: lintFolder(lint, new Set(plan.value.workers.map(({ specId }) => specId))),
    instructions: instructions.value,
    leaveToPost: () => {
      release = () => undefined
    },
    [Symbol.dispose]: () => release(),
  })
}

function whoIsWanted({ agent, command }: Inputs, { config }: Survey): Wanted {
  const { merged } = config
  const { provider } = merged.config.defaults
  const origin = merged.origins.get('defaults.provider')
  return {
    agent,
    command,
    accounts: merged.config.parallel.agents,
    provider:
      provider === undefined ? undefined : { name: provider, place: `${origin?.file ?? ''}:${origin?.line ?? 1}` },
  }
}

function chosenSpecs({ folder }: Survey, plan: Plan): readonly Spec[] {
  const planned = new Set(plan.workers.map(({ specId }) => specId))
  return folder.specs.filter(({ id }) => planned.has(id))
}

/** Settings of one spec as the plan has them. */
const workedWith = ({ model, prompt }: SpecSettings): WorkedWith => ({
  prompt: prompt.value,
  ...(model && { model: model.value }),
  chosenBy: { prompt: sourceWords(prompt.from), ...(model && { model: sourceWords(model.from) }) },
})

/** Names what has to be corrected: an input, or the file that a prefix comes from. */
function choiceError({ input, message }: ChoiceError, { branchPrefix }: RunSettings): string {
  const byFile = input === 'branch-prefix' && branchPrefix.from.type === 'config'
  return `${byFile ? sourceWords(branchPrefix.from) : `Input \`${input}\``}: ${message}`
}

/** On a pull request without a selection: the specs it adds or changes. */
async function changedSpecs(
  inputs: Inputs,
  ground: Survey,
  repository: RunRepository,
  origin: ReturnType<typeof originOf>,
): Promise<Result<ReadonlySet<string> | undefined, string>> {
  if (inputs.specs.length > 0 || inputs.labels.length > 0) return ok(undefined)
  const files = await changedFiles(
    ground.github,
    `${ground.repository.prefix}.chant/specs`,
    ground.repository,
    repository,
    origin,
  )
  if (!files.ok || !files.value) return files
  const changed = files.value
  const { specs, broken } = ground.folder
  // Of a spec behind a link the name is there, and its file elsewhere.
  const changedNames = new Set([...changed].map((file) => basename(file, '.md')))
  const isChanged = (file: string, name: string): boolean =>
    file.startsWith('.chant/specs/') ? changed.has(file.slice('.chant/specs/'.length)) : changedNames.has(name)
  return ok(
    new Set<string>([
      ...specs.filter(({ file, id }) => isChanged(file, id)).map((spec): SpecId => spec.id),
      ...broken.filter(({ file, name }) => isChanged(file, name)).map((spec) => spec.name),
    ]),
  )
}
