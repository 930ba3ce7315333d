import { exitWords } from '../agent/judge.ts'
import type { Outcome } from '../outcome/outcome.ts'
import { judgeOutput } from '../output/judge-output.ts'
import type { OutputSchema } from '../output/schema.ts'
import { parseSpec } from '../spec/parse-spec.ts'
import type { Criterion } from '../spec/spec.ts'
import type { CommandEnd } from './command.ts'

/** The inputs that a stop is explained by. */
export interface Limits {
  readonly timeoutMinutes: number
  readonly stallMinutes: number
}

/** What an agent's end says by itself: undefined = nothing against it yet, its work is looked at next. */
export function judgeAgent(end: CommandEnd, limits: Limits): Outcome | undefined {
  const stopped = judgeStop(end, limits)
  if (stopped) return stopped
  if (end.type !== 'ended') return undefined
  switch (end.exit.type) {
    case 'code':
      return end.exit.code === 0
        ? undefined
        : { type: 'exit-non-zero', code: end.exit.code, message: `The agent exited with code ${end.exit.code}` }
    case 'signal':
      return {
        type: 'signal',
        signal: end.exit.signal,
        message: `The agent was killed by ${end.exit.signal}, not by us`,
      }
    case 'unknown':
      return { type: 'lost', message: 'Nobody could tell how the agent ended' }
  }
}

/** `setup` and `verify`: one kind of failure each. */
export function judgeStep(role: 'setup' | 'verify', end: CommandEnd, limits: Limits): Outcome | undefined {
  const stopped = judgeStop(end, limits)
  if (stopped) return stopped
  if (end.type !== 'ended' || (end.exit.type === 'code' && end.exit.code === 0)) return undefined
  const type = role === 'setup' ? 'setup-failed' : 'verify-failed'
  return { type, message: `\`${role}\` ${exitWords(end.exit)}` }
}

/** Our own stop comes first: nothing is success, or the agent's own failure, after it. */
function judgeStop(end: CommandEnd, limits: Limits): Outcome | undefined {
  if (end.type === 'not-started')
    return { type: 'spawn-error', message: `The process could not be started: ${end.message}` }
  if (end.type !== 'stopped') return undefined
  switch (end.cause) {
    case 'timed-out':
      return {
        type: 'timed-out',
        minutes: limits.timeoutMinutes,
        message: `Stopped after ${limits.timeoutMinutes} min (\`timeout-minutes\`)`,
      }
    case 'stalled':
      return {
        type: 'stalled',
        minutes: limits.stallMinutes,
        message: `Stopped: no output and no CPU for ${limits.stallMinutes} min (\`stall-minutes\`)`,
      }
    case 'signal':
      return { type: 'cancelled', cause: end.cause, message: 'Stopped: the run was cancelled' }
    case 'fail-fast':
      return { type: 'cancelled', cause: end.cause, message: 'Stopped: another spec failed and `fail-fast` is set' }
    case 'deadline':
      return { type: 'cancelled', cause: end.cause, message: 'Stopped: the deadline of the run was reached' }
    case 'killed':
      return { type: 'cancelled', cause: end.cause, message: 'Stopped: the action was killed' }
  }
}

/** Acceptance criteria that are still open in the spec as the agent left it. A file that is gone or broken has ticked nothing. */
export function judgeCriteria(
  name: string,
  file: string,
  left: string | undefined,
  original: string,
): Outcome | undefined {
  const read = left === undefined ? undefined : parseSpec(name, file, left)
  const fallback = read?.ok ? read : parseSpec(name, file, original)
  if (!fallback.ok) return undefined
  const criteria = fallback.value.spec.criteria
  const open = [
    ...criteria.filter((criterion) => !read?.ok || !criterion.ticked),
    ...removedCriteria(name, file, original, criteria),
  ]
  if (open.length === 0) return undefined
  const total = Math.max(criteria.length, open.length)
  return {
    type: 'criteria-unchecked',
    total,
    open: open.map(({ text, line }) => ({ text, line })),
    message:
      total === 1
        ? 'The one acceptance criterion is not ticked'
        : `${open.length} of ${total} acceptance criteria ${open.length === 1 ? 'is' : 'are'} not ticked`,
  }
}

/** A result that does not fit the schema that the spec names, or that is not there. `clean` removes secrets. */
export function judgeResult(
  schema: OutputSchema,
  output: string,
  clean: (text: string) => string,
): Extract<Outcome, { type: 'output-invalid' }> | undefined {
  const errors = judgeOutput(schema, output).map(clean)
  const [first, ...others] = errors
  if (first === undefined) return undefined
  const more = others.length > 0 ? ` (and ${others.length} more)` : ''
  return {
    type: 'output-invalid',
    schema: schema.path,
    errors,
    message: `Its result does not fit \`${schema.path}\`: ${first}${more}`,
  }
}

/** A criterion that was taken out is not met. Rewording keeps the number, so only what is fewer than before counts. */
function removedCriteria(
  name: string,
  file: string,
  original: string,
  left: readonly Criterion[],
): readonly Criterion[] {
  const before = parseSpec(name, file, original)
  if (!before.ok) return []
  const fewer = before.value.spec.criteria.length - left.length
  const texts = new Set(left.map(({ text }) => text))
  return before.value.spec.criteria.filter(({ text }) => !texts.has(text)).slice(0, Math.max(0, fewer))
}
