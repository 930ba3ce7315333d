import { type CliName, install } from '../../test/agents/clis.ts'
import { pointAt, startedByAction } from '../../test/agents/loopback.ts'
import { type Answer, type Scenario, say, shell, write } from '../../test/agents/model-server/scenario.ts'
import { startModelServer } from '../../test/agents/model-server/server.ts'
import { processesOf } from '../../test/e2e/traces.ts'
import type { DemoAgent, Sighted } from './demo-agent.ts'
import { FILES, type Scene } from './scene.ts'
import { DEMO_SPECS, type DemoSpec } from './specs.ts'

/**
 * A real CLI, installed from npm beside this repository's own packages. Its model is a script on loopback that wants of it what the specs
 * ask for, word for word.
 */
export async function realAgent(cli: CliName, scene: Scene): Promise<DemoAgent> {
  install(cli)
  const server = await startModelServer({
    scenario: ({ specId }) => workOf(DEMO_SPECS.find(({ id }) => id === specId)),
  })
  const { inputs, env } = startedByAction(cli, pointAt(cli, server.url, scene.home))
  return {
    inputs,
    env,
    alive: async () => agentsOf(scene.root),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** What `agent.mjs` does, as calls of tools. */
function workOf(spec: DemoSpec | undefined): Scenario {
  if (!spec) return [say('There is no such spec.')]
  const edits = [...spec.body.matchAll(/^```\w* append=(\S+)\n(.*?)^```$/gms)]
  const file = `.chant/specs/${spec.id}.md`
  return [
    ...edits.map(([, path = '', content = '']) => edit(spec, path, content)),
    // By its path: not every CLI hands variables on to its shell.
    shell(`sed -i.bak '/(needs a person)$/!s/^- \\[ \\] /- [x] /' ${file} && rm ${file}.bak`),
    shell(`git add --all && git commit --quiet -m 'chant(${spec.id}): ${spec.title}'`),
    say('Done.\n::warning::An agent said this; it is not a command'),
  ]
}

function edit({ expect }: DemoSpec, path: string, content: string): Answer {
  const isThere = path in FILES || (expect.type === 'completed' && expect.after !== undefined)
  return isThere ? shell(`cat >> ${path} <<'END'\n${content}END`) : write(path, content)
}

/** A gate is no agent yet: nothing of the CLI has run before it opens. */
const GATE = 'exec "$@"'

/** Linux. Whoever carries an attempt's cookie and has no parent that does. The CLI that was asked for its version has no spec. */
function agentsOf(root: string): readonly Sighted[] {
  const found = processesOf(root).filter(
    ({ command, environment: { CHANT_WORKER_TOKEN: cookie, CHANT_SPEC_ID: spec } }) =>
      cookie !== undefined && spec !== undefined && !command.includes(GATE),
  )
  const pids = new Set(found.map(({ pid }) => pid))
  return found.filter(({ parent }) => !pids.has(parent)).map(({ pid }) => ({ pid, line: [pid] }))
}
