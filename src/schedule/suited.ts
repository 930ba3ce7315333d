import type { PlannedWorker } from '../plan/plan.ts'
import type { AccountOptions, Accounts } from './accounts.ts'

/** What workers that ask for the same model are to the accounts. */
export interface Kind {
  /** What each account is told to use for them, by its place; undefined = its agent's own choice. */
  readonly told: readonly (string | undefined)[]
  /** Places of accounts that work with the model that the specs themselves name; all, where they name none or nobody has it. */
  readonly likely: ReadonlySet<number>
}

/** The kinds of these workers, and of each worker the place of its kind. */
export function kindsOf(
  workers: readonly PlannedWorker[],
  accounts: readonly AccountOptions[],
): { readonly kinds: readonly Kind[]; readonly kindOf: readonly number[] } {
  const kinds: Kind[] = []
  const places = new Map<string, number>()
  const kindOf = workers.map(({ model, chosenBy }) => {
    const isNamed = model !== undefined && chosenBy?.model === 'spec'
    const key = JSON.stringify([model, isNamed])
    const known = places.get(key)
    if (known !== undefined) return known
    places.set(key, kinds.length)
    const told = accounts.map((account) => (account.told?.has(model) ? account.told.get(model) : model))
    const all = [...accounts.keys()]
    const likely = isNamed ? all.filter((place) => told[place] === model) : all
    return kinds.push({ told, likely: new Set(likely.length > 0 ? likely : all) }) - 1
  })
  return { kinds, kindOf }
}

/** Whether the account's provider said that it does not have what the account is told to use for these workers. */
export const lacksModel = (accounts: Accounts, place: number, { told }: Kind): boolean =>
  accounts[place]?.lacks.has(told[place]) === true

/**
 * Places of the accounts that a worker is given to, or waits for: those that have the model which its spec names, as long as one is open,
 * and of these the ones that did not say that they lack it. Where all did, one is asked again, for the worker's own end to say so. None
 * where the only ones left would use another model, and one that is told this one is there and lacks it: its name may be wrong.
 */
export function suited(accounts: Accounts, kind: Kind, excluded: ReadonlySet<number>): readonly number[] {
  const open = accounts.flatMap(({ stopped }, place) => (stopped === undefined && !excluded.has(place) ? [place] : []))
  const likely = open.filter((place) => kind.likely.has(place))
  const wanted = likely.length > 0 || isInDoubt(accounts, kind) ? likely : open
  const having = wanted.filter((place) => !lacksModel(accounts, place, kind))
  return having.length > 0 ? having : wanted
}

/** An open account that was to have the model does not. */
const isInDoubt = (accounts: Accounts, kind: Kind): boolean =>
  [...kind.likely].some((place) => accounts[place]?.stopped === undefined && lacksModel(accounts, place, kind))

/** The accounts that a worker without a suited one would have been given to, had nobody else's attempt closed them. */
export const missed = (accounts: Accounts, kind: Kind, excluded: ReadonlySet<number>): Accounts =>
  accounts.filter(
    ({ stopped }, place) =>
      stopped !== undefined &&
      !excluded.has(place) &&
      (!isInDoubt(accounts, kind) || (kind.likely.has(place) && !lacksModel(accounts, place, kind))),
  )
