import type { AgentAdapter } from './adapter.ts'
import { claude } from './claude.ts'
import { codex } from './codex.ts'
import { copilot } from './copilot.ts'
import { gemini } from './gemini.ts'
import { opencode } from './opencode.ts'
import { pi } from './pi.ts'
import { qwen } from './qwen.ts'

/** Every agent CLI by the name that the input `agent` has for it. A new one is a file beside these and a line here. */
export const agents = { claude, codex, gemini, opencode, copilot, qwen, pi } as const satisfies Readonly<
  Record<string, AgentAdapter>
>

export type AgentName = keyof typeof agents

export const isAgentName = (name: string): name is AgentName => Object.hasOwn(agents, name)
