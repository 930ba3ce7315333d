import { assemblePrompt } from '../prompt/assemble.ts'
import { contextRemark } from '../prompt/context.ts'
import type { NamedFrom } from '../shell/named-file.ts'
import type { Spec } from '../spec/spec.ts'
import { readContextFiles } from './context-files.ts'
import type { Instructions } from './instructions.ts'

/** Where an agent works. */
export interface PromptPlace {
  readonly worktreePath: string
  readonly branch: string
  readonly contextFrom: NamedFrom
  /** 1-based; the first where it is not said. */
  readonly attempt?: number
}

export interface WorkerPrompt {
  readonly name: string
  readonly text: string
  /** A sentence for people about context files that are not in it. */
  readonly remark: string | undefined
}

/** The prompt of one spec, as its agent gets it on stdin. */
export function workerPrompt(instructions: Instructions, spec: Spec, place: PromptPlace): WorkerPrompt {
  const template = instructions.promptOf(spec.id)
  const contextFiles = readContextFiles(place.contextFrom, spec.context)
  const text = assemblePrompt({
    template,
    spec,
    specPath: spec.file,
    worktreePath: place.worktreePath,
    branch: place.branch,
    projectName: instructions.projectName,
    contextFiles,
    outputSchema: instructions.outputSchemaOf(spec.id),
    attempt: place.attempt ?? 1,
  })
  return { name: template.name, text, remark: contextRemark(contextFiles) }
}
