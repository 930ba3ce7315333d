import { quoted } from '../spec/finding.ts'
import type { Rule } from './rule.ts'

/** `prompt` names one that is not there. chant passes such a spec over. */
export const unknownPrompt: Rule = {
  code: 'unknown-prompt',
  severity: 'error',
  chant: ['prompt'],
  about: 'unfinished',
  stops: 'invalid-spec',
  check: ({ spec: { prompt } }, { facts: { prompts }, didYouMean }) =>
    prompt === undefined || prompts === undefined || prompts.has(prompt)
      ? []
      : [
          {
            where: { field: 'prompt' },
            message: `\`prompt\` names ${quoted(prompt)}, and no prompt has this name.`,
            advice: `${didYouMean(prompt, prompts)}Add .chant/prompts/<name>.md, or name another.`,
          },
        ],
}
