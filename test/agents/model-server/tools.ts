import { fields } from '../../../src/agent/json.ts'
import type { Answer } from './scenario.ts'

/** A tool that a request offers, with the names of the arguments its schema knows; undefined where it has none. */
export interface Offered {
  readonly name: string
  readonly known: ReadonlySet<string> | undefined
}

/** A call of one of the tools a request offered. */
export interface ToolCall {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

type Write = Extract<Answer, { type: 'write' }>
type Arguments = (answer: Write, file: string) => ToolCall['args']

const DESCRIPTION = 'Scripted command'

/** Shell tools by the names that CLIs give them, with every argument any of them asks for. */
const SHELLS: Readonly<Record<string, (command: string) => ToolCall['args']>> = {
  Bash: (command) => ({ command, description: DESCRIPTION }),
  bash: (command) => ({ command, description: DESCRIPTION }),
  run_shell_command: (command) => ({ command, description: DESCRIPTION, is_background: false }),
  exec_command: (cmd) => ({ cmd }),
  shell_command: (command) => ({ command }),
  shell: (command) => ({ command: ['bash', '-lc', command] }),
}

/** Tools that write a whole file. Most want an absolute path. */
const WRITERS: Readonly<Record<string, Arguments>> = {
  Write: ({ content }, file) => ({ file_path: file, content }),
  write_file: ({ content }, file) => ({ file_path: file, content }),
  write: ({ content }, file) => ({ filePath: file, path: file, content }),
  create: ({ content }, file) => ({ path: file, file_text: content }),
}

/**
 * The answer as a call of a tool that was offered: by the first name that fits, only with arguments its schema knows. A
 * CLI without a tool that writes files (codex) gets a patch through its shell, which it recognises.
 */
export function toolCall(
  answer: Exclude<Answer, { type: 'text' }>,
  offered: readonly Offered[],
  worktree: string,
): ToolCall | undefined {
  const command = answer.type === 'shell' ? answer.command : patch(answer)
  for (const { name, known } of offered) {
    const args =
      answer.type === 'write' ? WRITERS[name]?.(answer, `${worktree}/${answer.path}`) : SHELLS[name]?.(command)
    if (args) return { name, args: only(args, known) }
  }
  return answer.type === 'write' ? toolCall({ type: 'shell', command }, offered, worktree) : undefined
}

function only(args: ToolCall['args'], known: Offered['known']): ToolCall['args'] {
  return known ? Object.fromEntries(Object.entries(args).filter(([name]) => known.has(name))) : args
}

/** The form of codex's own `apply_patch`. */
function patch({ path, content }: Write): string {
  const added = content.replace(/\n$/, '').split('\n')
  return [
    `apply_patch <<'EOF'`,
    '*** Begin Patch',
    `*** Add File: ${path}`,
    ...added.map((line) => `+${line}`),
    '*** End Patch',
    'EOF',
  ].join('\n')
}

/** A tool by its name and JSON schema. */
export const offer = (name: string, schema: unknown): Offered => {
  const properties = fields(schema)['properties']
  return { name, known: properties === undefined ? undefined : new Set(Object.keys(fields(properties))) }
}
