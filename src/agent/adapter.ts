import type { Exit } from '../board/event.ts'
import type { AgentEvent, AgentResult, FailureReason, Usage } from './event.ts'

/** One agent CLI: how it is started, what its lines mean, how it fails. Pure; a new CLI is one file that exports this. */
export interface AgentAdapter {
  /** As the input `agent` names it. */
  readonly name: string
  /** As its maker writes it. */
  readonly title: string
  /** `npm install --global <this>` installs it; undefined for `agent: command`. */
  readonly npmPackage: string | undefined
  /** The program, as it stands in PATH. */
  readonly program: string
  /** Makes the program print its version and end; on stdout or stderr, in any form. */
  readonly versionArgs: readonly string[]
  /** Whether a model by this name can be one of its own. Asked where several agents share a run, and one name cannot be right for all. */
  readonly takesModel: (model: string) => boolean
  /** What it needs of the job's environment for this model. */
  readonly needs: (model: string | undefined) => Needs
  /** Limits of a task that it has flags for; it takes no notice of others. */
  readonly limits: readonly Limit[]
  readonly commandLine: (task: AgentTask) => CommandLine
  /** A reader for one process; it keeps what later lines need, of bounded size. */
  readonly reader: () => LineReader
  /** What a CLI wrote to `usageFile`, for one whose stream names no tokens. Never throws. */
  readonly usageFile: ((text: string) => Usage | undefined) | undefined
  /** How the process ended, from what it said, its exit and the end of its stderr. Our own stop is not asked here. */
  readonly judge: (seen: Seen, exit: Exit, stderrTail: string) => Judgement
}

/** What has to be there before it starts, and what is handed on to it. Names are of environment variables. */
export interface Needs {
  /** Keys: one of them has to be set; the first is the one to advise. Empty where it cannot be said. Handed on where set. */
  readonly keys: readonly string[]
  /** Set to anything but nothing, they say that the key comes from elsewhere (a cloud's own login). Handed on. */
  readonly instead: readonly string[]
  /** Files below HOME that a login on this machine leaves; where one is there no key is needed. */
  readonly logins: readonly string[]
  /** Where its service is and how it works; handed on where set. Names, and globs of `*`. */
  readonly settings: readonly string[]
}

/** What an agent is to do, as far as a command line says it. */
export interface AgentTask {
  readonly model: string | undefined
  readonly maxTurns: number | undefined
  /** US dollars. */
  readonly maxBudget: number | undefined
  /** From the input `agent-args`; they come after ours, so that they win. */
  readonly extraArgs: readonly string[]
  /** Absolute; the process is started there. */
  readonly worktree: string
  /** Absolute, outside the worktree: where a CLI may write what its stream does not say. Nothing is there yet. */
  readonly usageFile: string
  readonly isRoot: boolean
}

/** How a process is started. The prompt is its stdin, always: no argument is too long, and nothing waits for a person. */
export interface CommandLine {
  readonly file: string
  readonly args: readonly string[]
  /** Set besides the allowed ones. */
  readonly env: Readonly<Record<string, string>>
}

export type Limit = 'max-turns' | 'max-budget'

export interface LineReader {
  /** What one line of stdout says. Never throws. */
  readonly stdout: (line: string) => readonly AgentEvent[]
  /** The same for stderr; for most CLIs all of it is `log`. */
  readonly stderr: (line: string) => readonly AgentEvent[]
}

/** What a judgement needs of all events; see `see`. */
export interface Seen {
  /** The last one, unless the agent went on after it. */
  readonly result: AgentResult | undefined
  /** The newest, until the agent got an answer again. */
  readonly retry: Extract<AgentEvent, { type: 'retry' }> | undefined
  readonly resetsAt: number | undefined
  readonly usage: Usage | undefined
  readonly session: string | undefined
  readonly model: string | undefined
  /** The last thing it said. */
  readonly lastText: string | undefined
}

export type Judgement =
  | { readonly type: 'success'; readonly message: string }
  | {
      readonly type: 'failure'
      readonly reason: FailureReason
      readonly message: string
      /** Milliseconds to wait, where it was told. */
      readonly retryAfterMs: number | undefined
      /** Milliseconds since 1970, where it was told. */
      readonly resetsAt: number | undefined
    }
