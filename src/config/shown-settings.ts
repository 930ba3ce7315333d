import type { Setting } from '../board/event.ts'
import { type RunSettings, type SettingSources, type Sourced, sourceWords, specSettings } from './settings.ts'

/** A spec that names nothing itself. */
const PLAIN = { type: 'code' } as const

/** The settings in force, with who decided each, for "how this run was started". A spec may name its own model and prompt. */
export function shownSettings(run: RunSettings, sources: SettingSources): readonly Setting[] {
  const { model, prompt } = specSettings(sources, PLAIN)
  const shown = (name: string, setting: Sourced<string | boolean>): Setting => ({
    name,
    value: String(setting.value),
    from: sourceWords(setting.from),
  })
  return [
    ...(model ? [shown('model', model)] : []),
    shown('prompt', prompt),
    shown('branch prefix', run.branchPrefix),
    shown('project', run.projectName),
    ...(run.approvalOfAgentWork.value ? [shown('approval of agent work', run.approvalOfAgentWork)] : []),
  ]
}
