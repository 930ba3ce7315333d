import type { Spec } from '../spec/spec.ts'
import type { Groups } from './groups.ts'

/** The driver because of which a member waits for a spec, where neither its own `depends_on` nor its number makes it wait. */
export function driverBehind(
  specs: ReadonlyMap<string, Spec>,
  groups: Groups,
  id: string,
  need: string,
): string | undefined {
  const makesWait = (who: string): boolean =>
    [...(specs.get(who)?.dependsOn ?? []), ...groups.before(who)].some((each) =>
      groups.unfinishedIn(each).includes(need),
    )
  return makesWait(id) ? undefined : groups.driversAbove(id).find(makesWait)
}
