import { setOutput } from '@actions/core'
import { agentEnvironment } from '../agent/environment.ts'
import type { Environment, Inputs } from '../inputs.ts'
import { textLine } from '../report/log-line.ts'
import { fence } from '../report/markdown.ts'
import { readGithubContext } from '../shell/github-context.ts'
import { fail, print } from '../shell/printer.ts'
import { collectSecrets, makeCleaner } from '../shell/secrets.ts'
import { StepSummary } from '../shell/step-summary.ts'
import { clean } from '../work/clean.ts'
import { endLeftChecks } from '../work/open-checks.ts'
import type { Place } from '../work/place.ts'

/** As long as GitHub may take to hear of what is over. Milliseconds. */
const CHECKS_MS = 20_000

/** `mode: clean`: puts in order what dead runs left, and says what it did. */
export async function cleanUp(inputs: Inputs, place: Place, env: Environment): Promise<void> {
  const agents = agentEnvironment(env, inputs.passEnv)
  const cleaner = makeCleaner(collectSecrets(env, inputs.token, agents.ok ? agents.value.passed : []))
  const done = await clean(place, cleaner, env)
  setOutput('conclusion', done.ok ? 'success' : 'failure')
  if (!done.ok) return fail(done.error, cleaner.clean)
  const open = await endLeftChecks(done.value.recovered, inputs, readGithubContext(env), CHECKS_MS)
  const did = [...done.value.lines, ...open]
  const lines = did.length > 0 ? did : ['There was nothing to clean in this workspace.']
  print(lines.map(textLine), cleaner.clean)
  new StepSummary(env, cleaner.clean).write(`# chant: clean\n\n${fence(lines.map(cleaner.clean))}\n`)
}
