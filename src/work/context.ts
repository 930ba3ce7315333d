import type { PriceList } from '../agent/prices.ts'
import type { RunInfo } from '../board/event.ts'
import type { RunSettings } from '../config/settings.ts'
import type { RunRepository } from '../git/run-repository.ts'
import type { WorkspaceRepository } from '../git/workspace-repository.ts'
import type { Inputs } from '../inputs.ts'
import type { Tree } from '../process/members.ts'
import type { Registry } from '../process/registry.ts'
import type { ProcessTable } from '../process/snapshot.ts'
import type { DescendantWatch } from '../process/watch.ts'
import type { Journal } from '../shell/journal.ts'
import type { Cleaner } from '../shell/secrets.ts'
import type { StateDir } from '../shell/state-dir.ts'
import type { Spec, SpecId } from '../spec/spec.ts'
import type { CheckoutGuard } from './checkout-guard.ts'
import type { Crew } from './crew.ts'
import type { Instructions } from './instructions.ts'
import type { Pulse } from './pulse.ts'

/** What there is of a run without any git: enough to find its processes and to report. */
export interface RecordContext {
  readonly run: RunInfo
  readonly dir: StateDir
  readonly journal: Journal
  readonly table: ProcessTable
  readonly registry: Registry
  readonly cleaner: Cleaner
  /** The run's own secrets are not known any more: nothing may be written that could hold one. */
  readonly secretsUnknown?: boolean
}

/** What is needed to put a worker's work where it belongs: main has it, and post makes it anew from the state directory. */
export interface SavingContext extends RecordContext {
  readonly workspace: WorkspaceRepository
  readonly repository: RunRepository
}

/** Everything a running worker needs. */
export interface RunContext extends SavingContext {
  readonly inputs: Inputs
  readonly settings: RunSettings
  readonly watch: DescendantWatch
  readonly pulse: Pulse
  readonly guard: CheckoutGuard
  readonly specs: ReadonlyMap<SpecId, Spec>
  /** The accounts that agents work on. */
  readonly crew: Crew
  /** For agents that tell tokens and no cost. */
  readonly prices: PriceList
  readonly instructions: Instructions
  /** Live lines of an agent, cleaned, for `log-stream: full`. */
  readonly onOutput: (specId: SpecId, lines: readonly string[]) => void
  /** Trees that are alive now, by token: what a crash handler must kill. */
  readonly trees: Map<string, Tree>
  /** Asked while a tree is being stopped: a second signal ends the grace. */
  readonly urgent: () => boolean
}

/** A worker that has its worktree. */
export interface Prepared {
  readonly specId: SpecId
  readonly spec: Spec
  /** The workspace's bytes of the spec file. */
  readonly specText: string
  /** The spec file relative to the worktree. */
  readonly specPath: string
  readonly worktree: { readonly path: string; readonly gitDir: string; readonly branch: string }
  /** The agent's working directory. */
  readonly cwd: string
  readonly base: string
  readonly start: string
  readonly specIgnored: boolean
}
