import type { ProcessIdentity } from '../board/event.ts'
import { CpuMeter, TICKS_PER_SECOND } from '../process/cpu.ts'
import { isAlive, type ProcessRow } from '../process/snapshot.ts'
import { StallWatch } from '../schedule/stall.ts'
import type { SpecId } from '../spec/spec.ts'
import type { Stopper } from './command.ts'
import type { RunContext } from './context.ts'
import type { FollowedOutput } from './follow-output.ts'

/**
 * Looks at every beat whether a command still lives: says once when it has become quiet, and stops it when it is stalled.
 * `taken` answers whether it gave a sign of life since that was last asked. One that only asks its provider again is let down by it, and not stalled.
 */
export function guardAgainstStall(
  ctx: RunContext,
  specId: SpecId,
  process: { readonly token: string; readonly identity: ProcessIdentity },
  output: Pick<FollowedOutput, 'taken' | 'giveUpAsking'>,
  stopper: Stopper,
): Disposable {
  const { stallMinutes } = ctx.inputs
  if (stallMinutes === 0) return { [Symbol.dispose]: () => undefined }
  const watch = new StallWatch(stallMinutes * 60, seconds())
  const meter = new CpuMeter()
  let said = false
  const stop = ctx.pulse.each(() => {
    const at = seconds()
    const seen = watch.look({
      at,
      output: output.taken(),
      cpu: meter.look(membersNow(ctx, process)) / TICKS_PER_SECOND,
    })
    if (seen.type === 'stalled') {
      if (!output.giveUpAsking()) stopper.stop('stalled')
      return
    }
    if (seen.type === 'active') said = false
    else if (!said) {
      said = true
      ctx.journal.append({
        type: 'agent-quiet',
        specId,
        idleMs: Math.round((at - seen.since) * 1000),
        cpuShare: seen.cpuShare,
      })
    }
  })
  return { [Symbol.dispose]: () => void stop() }
}

/** The command and everybody who was ever seen below it, as far as alive. */
function membersNow(
  ctx: RunContext,
  { token, identity }: { readonly token: string; readonly identity: ProcessIdentity },
): readonly ProcessRow[] {
  const { rows } = ctx.table.snapshot()
  return [identity, ...ctx.watch.noted(token)].flatMap((ref) => {
    const row = rows.get(ref.pid)
    return isAlive(row) && row.start === ref.start ? [row] : []
  })
}

/** A clock that never jumps. */
const seconds = (): number => performance.now() / 1000
