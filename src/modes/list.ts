import { setOutput } from '@actions/core'
import type { Environment } from '../inputs.ts'
import { textLine } from '../report/log-line.ts'
import { processListJson, processListLines, processListMarkdown } from '../report/process-list.ts'
import { print } from '../shell/printer.ts'
import { writeStepSummary } from '../shell/report-folder.ts'
import { collectSecrets, makeCleaner } from '../shell/secrets.ts'
import { listProcesses } from '../work/list.ts'
import type { Place } from '../work/place.ts'

/** `mode: list`: reads the registry and the live processes, and writes nothing but its report. */
export async function showList(place: Place, env: Environment): Promise<void> {
  const { clean } = makeCleaner(collectSecrets(env, '', []))
  const processes = (await listProcesses(place, env)).map((process) => {
    const { title, activity } = process
    return { ...process, title: title && clean(title), activity: activity && clean(activity) }
  })
  const now = Date.now()
  print(processListLines(processes, now).map(textLine), (text) => text)
  writeStepSummary(env['GITHUB_STEP_SUMMARY'], processListMarkdown(processes, now))
  setOutput('results', JSON.stringify(processListJson(processes)))
  setOutput('conclusion', 'success')
}
