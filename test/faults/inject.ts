/**
 * Loaded into the action's own process before it (`node --import`): at SIGUSR2 the fault happens that the variable
 * `FAULT` names. `exception`, `rejection`, or a number: from then on the wall clock is off by so many milliseconds. With `unkillable` nobody
 * whom it signals hears of it, from the beginning, as if all sat in calls that cannot be interrupted.
 */
const fault = process.env['FAULT'] ?? ''

if (fault === 'unkillable') {
  const kill = process.kill
  process.kill = (pid) => kill(pid, 0)
}

process.on('SIGUSR2', () => {
  if (fault === 'exception')
    setImmediate(() => {
      throw new Error('injected exception')
    })
  else if (fault === 'rejection') void Promise.reject(new Error('injected rejection'))
  else shiftClock(Number(fault))
})

function shiftClock(milliseconds: number): void {
  const RealDate = Date
  globalThis.Date = class extends RealDate {
    constructor(...args: readonly [] | ConstructorParameters<DateConstructor>) {
      if (args.length === 0) super(RealDate.now() + milliseconds)
      else super(...(args as ConstructorParameters<DateConstructor>))
    }
    static override now(): number {
      return RealDate.now() + milliseconds
    }
  } as DateConstructor
}
