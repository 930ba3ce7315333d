import { describe, expect, it } from 'vitest'
import { agents } from '../../src/agent/agents.ts'
import type { AgentEvent } from '../../src/agent/event.ts'
import { activityOf, toldLines } from '../../src/agent/told.ts'

const tool = (name: string, summary: string): AgentEvent => ({ type: 'tool', name, summary })

describe('what is told of an agent', () => {
  it('names files as they are called in its own directory', () => {
    const edit = tool('Edit', '/home/runner/state/wt/2026-01-01-001-abc/src/parse.ts')
    expect(toldLines(edit, '/home/runner/state/wt/2026-01-01-001-abc')).toEqual(['▸ Edit src/parse.ts'])
    expect(activityOf(edit, '/home/runner/state/wt/2026-01-01-001-abc')).toBe('Edit src/parse.ts')
    const run = tool('Bash', 'cd /wt/abc && diff /wt/abc/a /wt/abc/b /wt/abcdef/c')
    expect(toldLines(run, '/wt/abc')).toEqual(['▸ Bash cd /wt/abc && diff a b /wt/abcdef/c'])
    expect(toldLines(run)).toEqual(['▸ Bash cd /wt/abc && diff /wt/abc/a /wt/abc/b /wt/abcdef/c'])
  })

  it('ends with the last words of an agent that is done, and with why where it is not', () => {
    expect(toldLines({ type: 'result', ok: true, message: 'Two tests mended.' })).toEqual([])
    expect(toldLines({ type: 'result', ok: false, reason: 'max-turns', message: 'No turns left' })).toEqual([
      'the agent ended with max-turns: No turns left',
    ])
    expect(toldLines({ type: 'result', ok: false, reason: 'rate-limit', message: '429\nPlease wait.\n' })).toEqual([
      'the agent ended with rate-limit: 429',
      'Please wait.',
    ])
  })

  it('leaves the words of the agent as they are', () => {
    expect(toldLines({ type: 'text', text: 'See /wt/abc/a.\n' }, '/wt/abc')).toEqual(['See /wt/abc/a.'])
  })
})

describe('a command of codex', () => {
  const shown = (command: string) => {
    const item = { id: 'item_1', type: 'command_execution', command, status: 'in_progress' }
    return agents.codex.reader().stdout(JSON.stringify({ type: 'item.started', item }))
  }

  it('is shown as the model wrote it, without the shell around it and its quotes', () => {
    expect(shown(`/bin/bash -lc 'echo "a  b"'`)).toEqual([tool('command_execution', 'echo "a b"')])
    expect(shown(`/bin/bash -lc "sed -i 's/"'^- '"\\\\[ \\\\]/- [x]/' spec.md"`)).toEqual([
      tool('command_execution', "sed -i 's/^- \\[ \\]/- [x]/' spec.md"),
    ])
    expect(shown('/bin/zsh -lc ls')).toEqual([tool('command_execution', 'ls')])
    expect(shown(`bash -c "a \\"b\\" \\$c" d`)).toEqual([tool('command_execution', `bash -c "a \\"b\\" \\$c" d`)])
  })
})
