import type { Outcome } from '../../src/outcome/outcome.ts'
import { CRITERIA_UNCHECKED } from './board-fixture.ts'

const message = 'Because.'
/** One of each. */
export const OUTCOMES: readonly Outcome[] = [
  { type: 'completed', message },
  { type: 'no-changes', message },
  { type: 'exit-non-zero', code: 2, message },
  { type: 'signal', signal: 'SIGKILL', message },
  { type: 'spawn-error', message },
  { type: 'timed-out', minutes: 0.5, message },
  { type: 'stalled', minutes: 15, message },
  { type: 'no-commits', message },
  CRITERIA_UNCHECKED,
  { type: 'no-result', message },
  { type: 'rate-limited', message },
  { type: 'auth-failed', message },
  { type: 'auth-failed', secret: 'ANTHROPIC_API_KEY', message },
  { type: 'unknown-model', message },
  { type: 'unknown-model', model: 'none-9', from: '.chant/specs/a.md:3', line: 3, message },
  { type: 'max-turns', message },
  { type: 'budget-exceeded', message },
  { type: 'output-invalid', schema: '.chant/schemas/a.json', errors: ['/a: must be string'], message },
  { type: 'setup-failed', message },
  { type: 'verify-failed', message },
  { type: 'checkout-touched', files: ['a'], message },
  { type: 'worktree-error', message },
  { type: 'merge-conflict', files: ['a'], message },
  { type: 'publish-error', message },
  { type: 'lost', message },
  { type: 'internal-error', message },
  { type: 'dependency-failed', needs: ['x'], message },
  { type: 'cancelled-before-start', cause: 'fail-fast', message },
  { type: 'deadline-reached', message },
  { type: 'budget-reached', message },
  { type: 'quota-exhausted', message },
  { type: 'cancelled', cause: 'signal', message },
]
