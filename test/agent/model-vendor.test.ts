import { expect, it } from 'vitest'
import { agents } from '../../src/agent/agents.ts'

const takers = (model: string) =>
  Object.values(agents)
    .filter(({ takesModel }) => takesModel(model))
    .map(({ name }) => name)
    .join(' ')

it.each([
  ['claude-opus-4-5', 'claude copilot qwen pi'],
  ['opus', 'claude copilot qwen pi'],
  ['sonnet[1m]', 'claude copilot qwen pi'],
  ['gpt-5.1-codex', 'codex copilot qwen pi'],
  ['o3', 'codex copilot qwen pi'],
  ['gemini-2.5-flash', 'gemini copilot qwen pi'],
  // Nobody knows whose these are.
  ['qwen3-coder-plus', 'claude codex gemini copilot qwen pi'],
  ['opusculum', 'claude codex gemini copilot qwen pi'],
  ['anthropic/claude-sonnet-4-5', 'opencode copilot qwen pi'],
  ['openai/gpt-5', 'opencode copilot qwen pi'],
  ['arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-4-5', 'claude opencode copilot qwen pi'],
])('%s can be a model of %s', (model, expected) => {
  expect(takers(model)).toBe(expected)
})
