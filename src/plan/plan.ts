import type { SpecId } from '../spec/spec.ts'

/** One spec that this run will work. */
export interface PlannedWorker {
  readonly specId: SpecId
  readonly title: string
  /** The spec's file relative to the project directory, with `/`. */
  readonly file: string
  /** Branch we would like to have; the worker takes another name when this one exists. */
  readonly branch: string
  /** Dependencies that this run works too; drivers are already replaced by their members. */
  readonly dependsOn: readonly SpecId[]
  /** Longest chain of specs behind this one, itself included: the start order is by this, descending. */
  readonly criticalPath: number
  /** 1-based: one more than the largest wave among `dependsOn`. */
  readonly wave: number
  readonly agent: string
  readonly model?: string
  readonly prompt?: string
  /** Who decided these, in words for people: `spec`, `input model`, `.chant/config.md:5`. */
  readonly chosenBy?: { readonly model?: string; readonly prompt?: string }
}

/** Why a spec of the folder is not worked by this run. */
export type NotPlannedReason =
  /** The file cannot be read as a spec, or chant would refuse to work it. */
  | { readonly type: 'invalid-spec' }
  /** `approval.required` and not approved. */
  | { readonly type: 'approval-required' }
  /** Its status says it is done, cancelled, or somebody else's. */
  | { readonly type: 'status'; readonly status: string }
  /** A driver is a container: its members are worked, itself never. */
  | { readonly type: 'driver'; readonly members: readonly string[] }
  /** Needs specs that are neither completed nor worked by this run. */
  | { readonly type: 'needs'; readonly specs: readonly string[] }
  /** `depends_on` names a spec that does not exist. */
  | { readonly type: 'missing-dependency'; readonly specs: readonly string[] }
  /** Part of, or behind, a dependency cycle. `cycle` is closed (first = last), or the beginning of a long one. */
  | { readonly type: 'cycle'; readonly cycle: readonly string[] }

export interface NotPlanned {
  readonly specId: string
  readonly title: string
  readonly file: string
  /** 1-based line in `file` that is the cause, where there is one. */
  readonly line?: number
  readonly column?: number
  readonly reason: NotPlannedReason
  /** Everything it waits for, drivers already replaced by their members: planned or not, there or not. Absent: nothing. */
  readonly dependsOn?: readonly string[]
  /** One sentence for people: the cause first, then what to do. */
  readonly message: string
  /** The person named it in `specs` (by id or glob), so that its absence is a failure of the run, not a remark. */
  readonly asked: boolean
}

/** The specs of one run, chosen and ordered, before anything is started. */
export interface Plan {
  /** In start order: longest chain of dependents first, ties by spec id. */
  readonly workers: readonly PlannedWorker[]
  /** Specs that could be expected here but are not worked (completed and cancelled ones only when `asked`). */
  readonly notPlanned: readonly NotPlanned[]
  /** Numbers for the first line and for an empty run. */
  readonly counts: {
    readonly total: number
    readonly completed: number
    readonly blocked: number
    readonly approval: number
  }
}
