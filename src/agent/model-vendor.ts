import { keysOf } from './providers.ts'

/** Makers of models that have an agent CLI of their own. */
export type ModelVendor = 'anthropic' | 'openai' | 'google'

const NAMES: readonly (readonly [ModelVendor, RegExp])[] = [
  ['anthropic', /claude|^(?:opus|sonnet|haiku)(?![a-z])/i],
  ['openai', /^(?:gpt|chatgpt|codex)(?![a-z])|^o\d/i],
  ['google', /^(?:models\/)?(?:gemini|gemma)(?![a-z])/i],
]

/**
 * Whether a model by this name may be one of the vendor's: names that nobody is known for may be anybody's. One that begins with its
 * provider (`openai/gpt-5`) is for CLIs that work with many.
 */
export function mayBeOf(vendor: ModelVendor, model: string): boolean {
  if (keysOf(model).length > 0) return false
  const known = NAMES.find(([, name]) => name.test(model))
  return known === undefined || known[0] === vendor
}
