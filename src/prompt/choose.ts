import type { Spec } from '../spec/spec.ts'

export interface PromptChoice {
  /** The input `prompt`. */
  readonly input: string | undefined
  /** `defaults.prompt` of the configuration, where somebody set it. */
  readonly configDefault: string | undefined
  /** Whether the project has a prompt of this name in `.chant/prompts`. */
  readonly own: (name: string) => boolean
}

/** A prompt's name as somebody wrote it, and who: that is where a wrong one has to be corrected. */
export interface ChosenPrompt {
  readonly name: string
  readonly by: 'input' | 'spec' | 'type' | 'config' | 'default'
}

/**
 * Which prompt a spec is worked with, by chant's rule: what was asked for (`--prompt`, here the input), what the spec says, the
 * project's `documentation` for a spec of that type, `defaults.prompt`, `bootstrap`.
 *
 * chant fails where the project has no `bootstrap`. Here the project's `standard` comes next, then what is built in for the type.
 */
export function promptNameFor(
  spec: Pick<Spec, 'prompt' | 'type'>,
  { input, configDefault, own }: PromptChoice,
): ChosenPrompt {
  if (input !== undefined) return { name: input, by: 'input' }
  if (spec.prompt !== undefined) return { name: spec.prompt, by: 'spec' }
  if (spec.type === 'documentation' && own('documentation')) return { name: 'documentation', by: 'type' }
  if (configDefault !== undefined) return { name: configDefault, by: 'config' }
  const name = ['bootstrap', 'standard'].find(own)
  if (name !== undefined) return { name, by: 'default' }
  if (spec.type === 'documentation' || spec.type === 'research') return { name: spec.type, by: 'type' }
  return { name: 'standard', by: 'default' }
}
