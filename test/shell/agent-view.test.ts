import { expect, test } from 'vitest'
import { agents } from '../../src/agent/agents.ts'
import { AgentStream } from '../../src/agent/stream.ts'
import { agentView } from '../../src/shell/agent-view.ts'
import { makeCleaner } from '../../src/shell/secrets.ts'
import { recordings } from '../agent/fixtures.ts'

const linesOf = (agent: 'pi' | 'claude') => {
  const recording = recordings.find((one) => one.agent === agent && one.name === 'success')
  if (!recording) throw new Error(`no recording of ${agent}`)
  const view = agentView(new AgentStream(agents[agent]), 'stdout', makeCleaner([]), {
    directory: '/scratch/repo',
  })
  return recording.stdout
    .trimEnd()
    .split('\n')
    .flatMap((line) => view.show(line, true))
}

test('shows an agent’s stream as lines for people: its conversation once, files as they are called where it works', () => {
  expect(linesOf('pi')).toMatchInlineSnapshot(`
    [
      "session 00000000-0000-4000-8000-000000000001",
      "▸ write notes.txt",
      "▸ bash git add --all && git commit --quiet --message 'Add notes' && git log --oneline | wc -l",
      "Added notes.txt and committed it.",
    ]
  `)
  expect(linesOf('claude')).toMatchInlineSnapshot(`
    [
      "session 00000000-0000-4000-8000-000000000001 · claude-sonnet-4-5",
      "▸ Write notes.txt",
      "▸ Bash git add --all && git commit --quiet --message 'Add notes' && git log --oneline | wc -l",
      "Added notes.txt and committed it.",
    ]
  `)
})
