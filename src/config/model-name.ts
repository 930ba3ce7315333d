import { err, ok, type Result } from '../result.ts'

/** No model of any provider has a name nearly as long; an ARN of one comes closest. */
const MAX_LENGTH = 200

/**
 * A name that can be handed to an agent as an argument or a variable: on one line, and not an option. Names are
 * kept as they are written, so that a pinned version stays pinned; `shortModelName` is for what is recorded.
 * The error says what is expected.
 */
export function modelName(text: string): Result<string, string> {
  const good = /^[^-\s\p{C}][^\p{C}\u2028\u2029]*$/u.test(text) && text.trimEnd() === text && text.length <= MAX_LENGTH
  return good ? ok(text) : err('the name of a model, such as `sonnet` or `claude-opus-4-5`')
}

/** chant's short names: `claude-opus-4-5-20251101` is `opus`. A name of another family stays as it is. */
export function shortModelName(model: string): string {
  const lower = model.toLowerCase()
  return ['opus', 'sonnet', 'haiku'].find((family) => lower.includes(family)) ?? model
}

/**
 * What a finished spec says about its model: the short name, as chant writes it; but a name that a person wrote there
 * and that means the same stays, for the next run reads it again.
 */
export function recordedModel(used: string | undefined, written: string | undefined): string | undefined {
  if (used === undefined) return undefined
  return written !== undefined && shortModelName(written) === shortModelName(used) ? written : shortModelName(used)
}
