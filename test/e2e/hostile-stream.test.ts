import { chmodSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent } from './agent.ts'
import { resultsOf, workerIn } from './results-file.ts'
import { Scene } from './scene.ts'
import { idOf, plainSpecs } from './spec-text.ts'

const ONE = idOf(1)
const SECRET = 'hunter2-hunter2'

/** `node -e` with a script that prints; the agent's own work comes after it. */
const says = (script: string, then: string): string => agent(`"${process.execPath}" -e '${script}'\n${then}`)
const say = 'const say = (event) => console.log(JSON.stringify(event));'

describe('what an agent says of itself', () => {
  test('stops nothing and makes nothing grow, whatever it is', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const { main, post } = await scene.run({
      command: says(
        `${say}
say({ chant: "rate-limit", resets_at: 1e300 });
say({ chant: "usage", input: 0.5, output: 1e308, cost_usd: -3 });
say({ chant: "session", id: "x\\u001b[31m\\n::error::s" + "y".repeat(500000), model: "m\\n::error::m".repeat(9999) });
console.log("{\\"chant\\":".repeat(200000) + "1" + "}".repeat(200000));
say({ chant: "tool", name: "::error::t", summary: "\\n::set-output name=x::y" });
say({ chant: "text", text: "last\\n::error::w" });`,
        'work',
      ),
    })
    expect(main.lines.join('\n')).not.toContain('Internal error')
    expect([main.conclusion, post.conclusion]).toEqual(['success', 'success'])
    expect(main.annotations).toEqual([])
    const worker = workerIn(resultsOf(main), ONE)
    expect(worker).toMatchObject({ outcome: { type: 'completed' }, usage: { input_tokens: 1, cost_usd: null } })
    expect(worker.sessions.map((session) => session.length)).toEqual([200])
    expect(worker.sessions[0]).toMatch(/^x ?::error::sy/)
    expect(worker.model?.length).toBe(200)
  })

  test('is a message of one short line where it is why it failed, without secrets', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const { main } = await scene.run(
      {
        'max-attempts': '1',
        'pass-env': 'THEIRS',
        command: says(
          `${say}
say({ [process.env.THEIRS]: 1, type: process.env.THEIRS, chant: "tool", name: "edit" });
say({ chant: "result", ok: false, reason: "network", message: process.env.THEIRS + "\\n::error::x\\u001b[2J" + "z".repeat(2000000) });`,
          'edit; exit 1',
        ),
      },
      { env: { THEIRS: SECRET } },
    )
    const { outcome } = workerIn(resultsOf(main), ONE)
    expect(outcome?.message).toMatch(/^\*\*\* ::error::x\\e\[2Jzzz/)
    expect(outcome?.message.length).toBeLessThanOrEqual(1000)
    expect(main.annotations.filter(({ message }) => message.startsWith('x'))).toEqual([])
    expect(statSync(join(scene.stateDirs().at(-1) ?? '', 'report', 'summary.md')).size).toBeLessThan(100_000)
    for (const file of ['events.ndjson', 'results.json', 'summary.md', `logs/${ONE}.log`, `logs/${ONE}.1.ndjson`])
      expect(scene.report(file)).not.toContain(SECRET)
  })

  test('counts as its end, where it ended well before anybody could stop it', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    // Both lines in one piece, so that nobody reads the one without the other; and a TERM that comes then comes too late.
    const lines = `{"chant":"retry","status":401}\\n{"chant":"result","ok":true}\\n`
    const { main } = await scene.run({ command: agent(`work; trap '' TERM; printf '${lines}'`) })
    expect(scene.report('events.ndjson')).toContain('"type":"attempt-stopping"')
    expect(workerIn(resultsOf(main), ONE).outcome).toMatchObject({ type: 'completed' })
  })

  test('is not waited for where it says it in a file', async () => {
    const cli = `#!/bin/bash
[ "$1" = --version ] && { echo 1.0.0; exit; }
while [ "$1" != --usage-output-file ]; do shift; done
mkfifo "$2"
${agent('work')}
echo '{"type":"result","exitCode":0,"sessionId":"s-1"}'
`
    await using scene = new Scene({ specs: plainSpecs(1), files: { 'bin/fake': cli } })
    chmodSync(join(scene.workspace, 'bin/fake'), 0o755)
    const { main } = await scene.run(
      { agents: '- name: one\n  command: ./bin/fake\n  agent: copilot\n' },
      { env: { COPILOT_GITHUB_TOKEN: SECRET } },
    )
    expect(workerIn(resultsOf(main), ONE)).toMatchObject({
      agent: 'copilot',
      account: 'one',
      sessions: ['s-1'],
      outcome: { type: 'completed' },
    })
  })
})
