import { step } from '../../src/schedule/scheduler.ts'
import { makeScheduler, type SchedulerEvent } from '../../src/schedule/scheduler-state.ts'
import { aWorker } from '../../test/builders.ts'

const AT_ONCE = { at: 0, random: 0 }

/** What the workers of a plan may wait for: as numbers of earlier ones. */
const shapes: Readonly<Record<string, (n: number) => readonly number[]>> = {
  'side by side': () => [],
  'in a row': (n) => (n === 0 ? [] : [n - 1]),
  'in a mesh': (n) => [n - 1, n - 9, n - 300].filter((at) => at >= 0),
  'behind one': (n) => (n === 0 ? [] : [0]),
}

/** A run of ten thousand workers, all of which succeed, beside ten runs of a thousand: how its cost grows. */
export interface ScheduleBench {
  readonly name: string
  readonly ours: () => void
  readonly baseline: () => void
}

export const scheduleBenches: readonly ScheduleBench[] = Object.entries(shapes).map(([name, dependsOn]) => {
  const run = (count: number) => {
    const workers = Array.from({ length: count }, (_, n) =>
      aWorker({ id: `w${n}`, dependsOn: dependsOn(n).map((at) => `w${at}`) }),
    )
    return () => {
      let state = makeScheduler(workers, { maxParallel: 64, failFast: false })
      const open: SchedulerEvent[] = [{ type: 'begin' }]
      for (const event of open) {
        const [next, actions] = step(state, event, AT_ONCE)
        state = next
        for (const action of actions)
          if (action.type === 'start') open.push({ type: 'worker-ended', specId: action.specId, succeeded: true })
      }
    }
  }
  const thousand = run(1_000)
  return {
    name: `schedule 10,000 workers ${name}`,
    ours: run(10_000),
    baseline: () => {
      for (let turn = 0; turn < 10; turn += 1) thousand()
    },
  }
})
