import type { PlannedWorker } from '../plan/plan.ts'
import type { AccountOptions } from '../schedule/accounts.ts'
import type { Spec } from '../spec/spec.ts'
import type { Position } from './positions.ts'

/** The model that an agent is told to use, and who says so. */
export interface AskedModel {
  /** undefined = the agent's own choice. */
  readonly name: string | undefined
  /** For people: `input model`, `.chant/specs/a.md:4`. */
  readonly from?: string
  /** 1-based line in the spec's file, where the spec says so. */
  readonly line?: number
}

/** What a worker's plan says. */
export function askedModel({ model, chosenBy, file }: PlannedWorker, spec: Pick<Spec, 'fieldLines'>): AskedModel {
  const from = chosenBy?.model
  if (model === undefined || from === undefined) return { name: model }
  const line = from === 'spec' ? spec.fieldLines['model'] : undefined
  return line === undefined ? { name: model, from } : { name: model, from: `${file}:${line}`, line }
}

/** The model that arguments for the agent name after ours, so that they win: `--model X`, `--model=X`, `-m X`. */
export function modelInArgs(args: readonly string[]): AskedModel | undefined {
  const at = args.findLastIndex((arg) => /^(?:--model(?:=|$)|-m$)/.test(arg))
  const arg = args[at]
  const name = arg?.includes('=') ? arg.slice(arg.indexOf('=') + 1) : args[at + 1]
  return at === -1 || name === undefined || name === '' ? undefined : { name, from: 'input agent-args' }
}

/** Whether accounts have different agents: then one name of a model cannot be right for all. */
export const isMixed = (accounts: readonly Pick<Position, 'adapter'>[]): boolean =>
  new Set(accounts.map(({ adapter }) => adapter)).size > 1

/**
 * Which model an account is told to use: its own goes before whatever a spec or a setting asks for. Among different agents, one that
 * has no such models is told nothing.
 */
export function modelOn(
  { name, adapter, model }: Pick<Position, 'name' | 'adapter' | 'model'>,
  asked: AskedModel,
  mixed: boolean,
): AskedModel {
  if (model !== undefined) return { name: model, from: `account ${name}` }
  return mixed && asked.name !== undefined && !adapter.takesModel(asked.name) ? { name: undefined } : asked
}

/** What somebody has to correct where the provider does not have it. */
export function unknownModelWords({ name, from }: AskedModel, said: string): string {
  const what =
    name === undefined
      ? 'Its provider does not have the model that its agent chose'
      : `Its provider has no model ${name} for this key${from === undefined ? '' : ` (asked for by ${from})`}`
  return said === '' ? what : `${what}: ${said}`
}

/** A spec that names its model is for an account that takes it: another model may be a surprise, on the bill too. undefined = no word of it. */
export function otherModelWords(
  { name, from, line }: AskedModel,
  { account, model }: { readonly account: string; readonly model: AskedModel },
  accounts: readonly AccountOptions[],
): string | undefined {
  const wasToBe = accounts.some(({ told }) => told?.get(name) === name)
  if (line === undefined || model.name === name || !wasToBe) return undefined
  const instead = model.name ?? 'a model of its own choice'
  return `No account is left for the model ${name} (${from}): ${account} works it with ${instead}`
}
