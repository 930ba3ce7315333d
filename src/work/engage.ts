import { readPriceList } from '../agent/price-file.ts'
import { PRICE_LIST } from '../agent/price-list.ts'
import type { PriceList } from '../agent/prices.ts'
import type { MergedConfig } from '../config/merge.ts'
import type { RunSettings } from '../config/settings.ts'
import type { Environment, Inputs } from '../inputs.ts'
import type { Plan } from '../plan/plan.ts'
import { err, ok, type Result } from '../result.ts'
import type { AccountOptions } from '../schedule/accounts.ts'
import type { Fleet } from '../schedule/fleet.ts'
import { readInside } from '../shell/files.ts'
import { isMixed, modelInArgs, modelOn } from './asked-model.ts'
import { type Crew, makeCrew } from './crew.ts'
import { checkAccounts, hire, type ModelsOf } from './hire.ts'
import type { Position } from './positions.ts'
import type { Survey } from './survey.ts'

/** Starts of real agents on one account are so far apart where nobody says otherwise, as in chant. Milliseconds. */
const STAGGER = { delayMs: 1000, jitterMs: 200 }

/** An account that is of no use for longer is none for the rest of the run. Milliseconds. */
const LONGEST_WAIT_MS = 60 * 60_000

/** Who works the specs of a run, ready to be started. */
export interface Engaged {
  readonly crew: Crew
  readonly prices: PriceList
  /** Agents with their versions, for people: `claude 2.1.330`. */
  readonly shown: string
  /** Names of the job's variables that agents get besides the usual ones. */
  readonly handed: readonly string[]
  /** What was asked for and an agent has no way to do. */
  readonly warnings: readonly string[]
}

/** Hires an account for each position and looks whether it could work. The error is one sentence that says what to do. */
export async function engage(
  wanted: readonly Position[],
  inputs: Inputs,
  ground: Survey,
  settings: RunSettings,
  plan: Plan,
  env: Environment,
  /** Where programs may be asked for their version: made and removed. */
  directory: string,
): Promise<Result<Engaged, string>> {
  const models = [...new Set(plan.workers.map(({ model }) => model))]
  const mixed = isMixed(wanted)
  const modelsOf: ModelsOf = (account) => [...new Set(models.map((name) => modelOn(account, { name }, mixed).name))]
  const prices = readPrices(ground.workspace, inputs.pricesFile)
  if (!prices.ok) return prices
  const hired = hire(wanted, {
    base: ground.agents.env,
    env,
    passEnv: inputs.passEnv,
    modelsOf,
    project: ground.project,
    token: inputs.token,
  })
  if (!hired.ok) return hired
  const { accounts } = hired.value
  const versions = await checkAccounts(accounts, modelsOf, { directory, table: ground.table })
  if (!versions.ok) return versions
  const inArgs = modelInArgs(inputs.agentArgs)?.name
  const toldOf = (account: Position) =>
    new Map(models.map((asked) => [asked, inArgs ?? modelOn(account, { name: asked }, mixed).name]))
  // A spec that names its model itself is given to an account that takes it.
  const astray = plan.workers
    .filter(
      ({ model, chosenBy }) =>
        chosenBy?.model !== 'spec' || !wanted.some((account) => toldOf(account).get(model) === model),
    )
    .map(({ model }) => model)
  const fleet = fleetOf(wanted, toldOf, ground.config.merged, settings)
  const crew = makeCrew(fleet, accounts, { maxTurns: inputs.maxTurns, extraArgs: inputs.agentArgs })
  const shown = accounts.map(({ name, adapter }) => `${adapter.name} ${versions.value.get(name) ?? ''}`.trimEnd())
  return ok({
    crew,
    prices: prices.value,
    shown: [...new Set(shown)].join(', '),
    handed: hired.value.handed,
    warnings: [...unsupported(crew, inputs), ...(mixed ? notHandedOn(wanted, astray, inputs.agentArgs) : [])],
  })
}

function fleetOf(
  wanted: readonly Position[],
  toldOf: (account: Position) => NonNullable<AccountOptions['told']>,
  { config, origins }: MergedConfig,
  settings: RunSettings,
): Fleet {
  const { parallel, failure, defaults } = config
  const isSet = origins.has('parallel.stagger_delay_ms') || origins.has('parallel.stagger_jitter_ms')
  const isOwn = wanted.every(({ adapter }) => adapter.name === 'command')
  const told = { delayMs: parallel.staggerDelayMs, jitterMs: parallel.staggerJitterMs }
  return {
    accounts: wanted.map((account) => {
      const { name, maxConcurrent, weight } = account
      return { name, maxConcurrent, weight, told: toldOf(account) }
    }),
    strategy: defaults.rotationStrategy,
    // A command of one's own has no provider that is known here, so nobody has to be spared.
    stagger: isSet ? told : isOwn ? { delayMs: 0, jitterMs: 0 } : STAGGER,
    maxAttempts: settings.maxAttempts.value,
    backoff: { delayMs: failure.retryDelayMs, multiplier: failure.backoffMultiplier },
    longestWaitMs: LONGEST_WAIT_MS,
  }
}

function readPrices(workspace: string, file: string): Result<PriceList, string> {
  if (file === '') return ok(PRICE_LIST)
  const text = readInside(workspace, file)
  if (text === undefined)
    return err(`Input \`prices-file\` is ${JSON.stringify(file)}, which is not there or leads out of the workspace.`)
  const list = readPriceList(file, text)
  return list.ok ? list : err(`Input \`prices-file\` cannot be used: ${list.error}.`)
}

/** A limit that is not kept is worse than none, and what somebody wrote they mean, so it is said. */
function unsupported(crew: Crew, { agent, command, agentArgs, maxTurns }: Inputs): readonly string[] {
  const adapters = [...new Set([...crew.accounts.values()].map(({ adapter }) => adapter))]
  const byCommand = adapters.some(({ name }) => name === 'command')
  return [
    ...(byCommand && agentArgs.length > 0
      ? ['Input `agent-args` has no effect on command: write them into `command`.']
      : []),
    ...(!byCommand && command.trim() !== ''
      ? [`Input \`command\` has no effect, because input \`agent\` is ${agent}.`]
      : []),
    ...adapters
      .filter(({ limits }) => maxTurns !== undefined && !limits.includes('max-turns'))
      .map(({ name }) => `Input \`max-turns\` has no effect on ${name}, which has no such limit.`),
  ]
}

/** Another model than the one that was asked for may be a surprise on the bill. */
function notHandedOn(
  wanted: readonly Position[],
  models: readonly (string | undefined)[],
  agentArgs: readonly string[],
): readonly string[] {
  if (modelInArgs(agentArgs)) return []
  const adapters = new Set(wanted.filter(({ model }) => model === undefined).map(({ adapter }) => adapter))
  return [...adapters].flatMap(({ name, takesModel }) => {
    const others = [...new Set(models)].filter((model) => model !== undefined && !takesModel(model))
    if (others.length === 0) return []
    const [which, are] = others.length === 1 ? ['model', 'is'] : ['models', 'are']
    return `The ${which} ${others.join(', ')} ${are} not handed to ${name}, which has no such models: what it works, it works with a model of its own choice. Give its accounts a \`model\`.`
  })
}
