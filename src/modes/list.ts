import { setOutput } from '@actions/core'
import { agentEnvironment } from '../agent/environment.ts'
import type { Environment, Inputs } from '../inputs.ts'
import { textLine } from '../report/log-line.ts'
import { processListJson, processListLines, processListMarkdown } from '../report/process-list.ts'
import { print } from '../shell/printer.ts'
import { cleaned, collectSecrets, makeCleaner } from '../shell/secrets.ts'
import { StepSummary } from '../shell/step-summary.ts'
import { listProcesses } from '../work/list.ts'
import type { Place } from '../work/place.ts'

/** `mode: list`: reads the registry and the live processes, and writes nothing but its report. */
export async function showList(inputs: Inputs, place: Place, env: Environment): Promise<void> {
  const agents = agentEnvironment(env, inputs.passEnv)
  const { clean } = makeCleaner(collectSecrets(env, inputs.token, agents.ok ? agents.value.passed : []))
  const listed = await listProcesses(place, env)
  // The state is a word of ours, which decides how a process counts.
  const processes = listed.map((process) => ({ ...cleaned(process, clean), state: process.state }))
  const now = Date.now()
  print(processListLines(processes, now).map(textLine), clean)
  new StepSummary(env, clean).write(processListMarkdown(processes, now))
  setOutput('results', JSON.stringify(processListJson(processes)))
  setOutput('conclusion', 'success')
}
