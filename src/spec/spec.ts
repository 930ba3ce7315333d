import type { Diagnostic } from './diagnostic.ts'

/**
 * A spec as the `chant` CLI (v0.23) stores it: `.chant/specs/<id>.md`, Markdown with YAML front matter.
 * The format is described in chant's `docs/reference/schema.md` and `docs/concepts/specs.md`.
 */

declare const specIdBrand: unique symbol
/** A spec's id: the file name without `.md`. Made only by `parseSpecId`, which proves it safe as path, branch and artifact name. */
export type SpecId = string & { readonly [specIdBrand]: true }

export const SPEC_STATUSES = [
  'pending',
  'in_progress',
  'paused',
  'completed',
  'failed',
  'needs_attention',
  'ready',
  'blocked',
  'cancelled',
] as const
export type SpecStatus = (typeof SPEC_STATUSES)[number]

/** chant's known types; an unknown one is kept as written and warned about. */
export const SPEC_TYPES = ['code', 'task', 'driver', 'documentation', 'research', 'group', 'conflict'] as const
export type SpecType = (typeof SPEC_TYPES)[number] | (string & {})

export const VERIFICATION_STATUSES = ['passed', 'failed', 'partial'] as const

export interface Criterion {
  readonly text: string
  readonly ticked: boolean
  /** 1-based line in the file. */
  readonly line: number
}

export interface Approval {
  readonly required: boolean
  readonly status: 'pending' | 'approved' | 'rejected'
  readonly by?: string
  readonly at?: string
}

/** Every front-matter field chant knows, typed. Absent lists are empty; absent scalars are absent. */
export interface SpecFields {
  readonly type: SpecType
  readonly status: SpecStatus
  readonly dependsOn: readonly string[]
  /** Says `depends_on`, be it an empty list: then its number in a group makes it wait for nobody. */
  readonly ownOrder: boolean
  readonly labels: readonly string[]
  readonly targetFiles: readonly string[]
  readonly context: readonly string[]
  readonly commits: readonly string[]
  readonly tracks: readonly string[]
  readonly informedBy: readonly string[]
  readonly origin: readonly string[]
  readonly conflictingFiles: readonly string[]
  readonly blockedSpecs: readonly string[]
  readonly verificationFailures: readonly string[]
  readonly derivedFields: readonly string[]
  /** Set on drivers that name their members; otherwise members are found by their `.N` suffix. */
  readonly members?: readonly string[]
  readonly prompt?: string
  readonly branch?: string
  readonly completedAt?: string
  readonly model?: string
  readonly schedule?: string
  readonly sourceBranch?: string
  readonly targetBranch?: string
  readonly originalSpec?: string
  readonly lastVerified?: string
  readonly verificationStatus?: (typeof VERIFICATION_STATUSES)[number]
  readonly replayedAt?: string
  readonly replayCount?: number
  readonly originalCompletedAt?: string
  readonly approval?: Approval
  readonly outputSchema?: string
  readonly public?: boolean
  readonly retryState?: unknown
}

export interface Spec extends SpecFields {
  readonly id: SpecId
  /** Path relative to the project directory, with `/`: `.chant/specs/2026-01-24-01q-snf.md`. */
  readonly file: string
  /** The first `# ` heading outside code fences, else the id. */
  readonly title: string
  /** Fields chant does not know, as parsed. The file keeps their bytes. */
  readonly unknown: Readonly<Record<string, unknown>>
  /** Everything before the body, byte for byte: a byte order mark, the front matter and its fences. */
  readonly head: string
  /** Everything after the front matter, byte for byte (line endings included). */
  readonly body: string
  /** 1-based line of the body's first line in the file. */
  readonly bodyLine: number
  /** From the LAST `## Acceptance Criteria` outside code fences. */
  readonly criteria: readonly Criterion[]
  /** 1-based line of each front-matter key, by the key as written in the file (`depends_on`). */
  readonly fieldLines: Readonly<Record<string, number>>
}

/** A file in the specs folder that cannot be worked, and why. It stops only itself. */
export interface BrokenSpec {
  /** The file name without `.md`, shown but never used as a path or branch. */
  readonly name: string
  readonly file: string
  readonly diagnostics: readonly Diagnostic[]
}

/** What the specs folder holds. */
export interface SpecFolder {
  /** Ordered by `compareSpecIds`. */
  readonly specs: readonly Spec[]
  readonly broken: readonly BrokenSpec[]
  /** Warnings about specs that can be worked all the same. */
  readonly warnings: readonly Diagnostic[]
  /** Ids found in `.chant/archive`: done, as dependencies. */
  readonly archived: readonly string[]
}
