import type { AgentAdapter, AgentTask, LineReader } from './adapter.ts'
import type { AgentEvent } from './event.ts'
import { failureOf, statusIn } from './failure.ts'
import { countAt, fields, listAt, textAt } from './json.ts'
import { judgeEnd } from './judge.ts'
import { jsonLines, logLine } from './log-line.ts'
import { mayBeOf } from './model-vendor.ts'
import { toolSummary } from './tool-summary.ts'

/** Codex: https://developers.openai.com/codex/noninteractive */
export const codex: AgentAdapter = {
  name: 'codex',
  title: 'Codex',
  npmPackage: '@openai/codex',
  program: 'codex',
  versionArgs: ['--version'],
  takesModel: (model) => mayBeOf('openai', model),
  needs: () => ({
    // OPENAI_API_KEY alone is not used by `exec`.
    keys: ['CODEX_API_KEY', 'CODEX_ACCESS_TOKEN'],
    instead: [],
    logins: ['.codex/auth.json'],
    settings: ['CODEX_HOME'],
  }),
  limits: [],
  commandLine: ({ model, extraArgs, worktree }: AgentTask) => ({
    file: 'codex',
    args: [
      ...['exec', '--json', '--cd', worktree, '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox'],
      ...(model === undefined ? [] : ['--model', model]),
      ...extraArgs,
      // The prompt comes on stdin.
      '-',
    ],
    env: {},
  }),
  reader,
  usageFile: undefined,
  judge: judgeEnd,
}

function reader(): LineReader {
  const told = new Set<string>()
  let last = ''
  return {
    stdout: jsonLines((event) => {
      switch (event['type']) {
        case 'thread.started': {
          const id = textAt(event, 'thread_id')
          return id === undefined ? [] : [{ type: 'session', id, model: undefined }]
        }
        case 'item.started':
        case 'item.completed': {
          const { item } = event
          if (textAt(item, 'type') === 'agent_message') last = textAt(item, 'text') ?? last
          return itemEvents(item, event['type'] === 'item.completed', told)
        }
        case 'error':
          return passingError(textAt(event, 'message') ?? '')
        case 'turn.completed':
          return [usageOf(event), { type: 'result', ok: true, message: last }]
        case 'turn.failed': {
          const message = textAt(event, 'error', 'message') ?? 'The turn failed'
          return [{ type: 'result', ok: false, reason: failureOf(undefined, message), message }]
        }
        default:
          return []
      }
    }),
    stderr: logLine,
  }
}

/** Started items that are kept in mind; more are never open at the same time. */
const MOST_OPEN = 1_000

/** A call is told of when it starts; a kind of item that is only ever completed, then. */
function itemEvents(item: unknown, completed: boolean, told: Set<string>): readonly AgentEvent[] {
  const type = textAt(item, 'type') ?? ''
  const text = textAt(item, 'text')
  if (type === 'agent_message') return completed && text !== undefined ? [{ type: 'text', text }] : []
  if (type === 'error') return logLine(textAt(item, 'message') ?? '')
  const summary = callSummary(type, item)
  if (summary === undefined) return []
  const id = textAt(item, 'id') ?? ''
  if (completed && told.delete(id)) return []
  if (told.size >= MOST_OPEN) told.clear()
  if (!completed) told.add(id)
  return [{ type: 'tool', name: type, summary }]
}

/** It starts each command in a shell of its own, and tells that too: the command as one word, quoted for another shell. */
const SHELL = /^\S*sh -l?c ((?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+)$/
/** What is quoted in a word. */
const QUOTED = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g

const unquoted = (word: string): string =>
  word.replace(QUOTED, (_, single?: string, double?: string, escaped?: string) =>
    double === undefined ? (single ?? escaped ?? '') : double.replace(/\\([$`"\\])/g, '$1'),
  )

/** undefined: no tool (`reasoning`, `todo_list`). */
function callSummary(type: string, item: unknown): string | undefined {
  switch (type) {
    case 'command_execution':
      return toolSummary(item).replace(SHELL, (_, word: string) => unquoted(word))
    case 'web_search':
      return toolSummary(item)
    case 'file_change':
      return listAt(item, 'changes')
        .map((change) => textAt(change, 'path') ?? '')
        .join(' ')
    case 'mcp_tool_call':
      return `${textAt(item, 'server') ?? ''} ${textAt(item, 'tool') ?? ''} ${toolSummary(fields(item)['arguments'])}`.trim()
    default:
      return undefined
  }
}

/** `Reconnecting... 2/5 (…)` is no end: only `turn.failed` is one, and says the last error again. */
function passingError(message: string): readonly AgentEvent[] {
  if (!message.startsWith('Reconnecting')) return logLine(message)
  const status = statusIn(message)
  return [{ type: 'retry', reason: failureOf(status, message), status, delayMs: undefined }]
}

/** Of the whole turn; a process has one. */
function usageOf(event: unknown): AgentEvent {
  const count = (name: string) => countAt(event, 'usage', name)
  // What the model thinks is part of its output already.
  return {
    type: 'usage',
    input: count('input_tokens'),
    cached: count('cached_input_tokens'),
    output: count('output_tokens'),
    costUsd: undefined,
  }
}
