import type { LintConfig } from '../config/config.ts'
import type { Groups } from '../plan/groups.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import type { MarkdownLine } from '../spec/markdown-lines.ts'
import type { Spec, SpecFolder } from '../spec/spec.ts'

/** Where in a spec something was found. */
export type Where =
  /** The value of a front-matter field, one item of its list, or the value of a key inside it. */
  | { readonly field: string; readonly item?: number; readonly key?: string }
  /** 1-based, in the file. */
  | { readonly line: number; readonly column: number }

/** What a rule found in a spec. */
export interface Found {
  readonly where: Where
  /** What is wrong, in one sentence. */
  readonly message: string
  /** What to do about it. */
  readonly advice: string
  /** Where it is not the rule's own. */
  readonly severity?: Diagnostic['severity']
}

/** A spec with what several rules need of its text. */
export interface Subject {
  readonly spec: Spec
  /** Of the body, those outside code fences; read when a rule asks for them first. */
  readonly lines: readonly MarkdownLine[]
}

/** What the project's files say, looked up before the rules ask. */
export interface LintFacts {
  /** Names of the prompts there are. Absent: every spec gets the same one, whatever it names. */
  readonly prompts?: ReadonlySet<string>
  /** Of the paths that specs name, those that lead to nothing, and those that leave the project. */
  readonly paths: ReadonlyMap<string, 'missing' | 'outside'>
}

/** Everything a rule may look at besides its spec. */
export interface LintContext {
  readonly folder: SpecFolder
  readonly config: LintConfig
  readonly facts: LintFacts
  readonly groups: Groups
  /** For specs that wait for themselves: the circle, closed (first = last). */
  readonly cycleOf: (id: string) => readonly string[] | undefined
  /** Every id there is a file for, readable or not, the archive included. */
  readonly ids: ReadonlySet<string>
  readonly archived: ReadonlySet<string>
  /** A sentence with names that the text was probably meant for, and a blank; empty where there are none. */
  readonly didYouMean: (text: string, names: ReadonlySet<string>) => string
}

/** One thing that can be wrong with a spec. */
export interface Rule {
  readonly code: string
  readonly severity: Diagnostic['severity']
  /** Names in chant's spelling that switch it off, besides its code with `_`: chant's category first. */
  readonly chant: readonly string[]
  /** `unfinished`: nobody mends a spec that is completed or cancelled, so nothing is advised about it. */
  readonly about: 'every' | 'unfinished'
  /**
   * A spec it finds something in is not worked: `invalid-spec` because of the rule, `planner` because the plan refuses it
   * anyhow, with words of its own. Such a rule cannot be switched off.
   */
  readonly stops?: 'invalid-spec' | 'planner'
  readonly check: (subject: Subject, context: LintContext) => readonly Found[]
}

/** Nobody works it any more. */
export const isFinished = ({ status }: Spec): boolean => status === 'completed' || status === 'cancelled'

/** A container: its members are worked, itself never. */
export const isContainer = ({ type }: Spec): boolean => type === 'driver' || type === 'group'
