/** Something wrong in a file that a person wrote: where, what, and what to do about it. */
export interface Diagnostic {
  /** Path relative to the project directory, with `/`. */
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** 1-based. */
  readonly column: number
  /** Kebab-case, stable: `duplicate-key`, `unknown-status`, … */
  readonly code: string
  readonly severity: 'error' | 'warning'
  readonly message: string
  /** What to do about it, in sentences, where the message does not say it already. */
  readonly advice?: string
}

/** `file:line:column message`, the form in which every tool prints a place. */
export const formatDiagnostic = (d: Diagnostic): string => `${d.file}:${d.line}:${d.column} ${d.message}`

/** What is no file of the project: the global configuration, and an input. */
const ELSEWHERE = /^(?:~\/|input agents$)/

/** Whether a diagnostic is of no file of the project: then there is no line to show it beside. */
export const isElsewhere = (file: string): boolean => ELSEWHERE.test(file)

/** A file of a project as people see it from the root of the repository, or of the workspace. `prefix` is empty or ends with `/`. */
export const below = (prefix: string, file: string): string => (isElsewhere(file) ? file : `${prefix}${file}`)
