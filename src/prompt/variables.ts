/** chant's variables: what may stand between double braces in a prompt. */
const VARIABLES = [
  'spec',
  'spec.id',
  'spec.title',
  'spec.description',
  'spec.path',
  'spec.target_files',
  'spec.context',
  'project.name',
  'worktree.path',
  'worktree.branch',
  'worktree.isolated',
] as const
export type Variable = (typeof VARIABLES)[number]

const WRITTEN = /\{\{([a-z_.]+)\}\}/g

const isVariable = (name: string): name is Variable => VARIABLES.some((known) => known === name)

/** Whether a prompt has a place for one of these. */
export const uses = (template: string, ...names: readonly Variable[]): boolean =>
  names.some((name) => template.includes(`{{${name}}}`))

/**
 * The template with its variables filled in, gone through once: what a value brings in is never looked at again, so text
 * from a spec cannot name another variable. A name that is not known stays as it is written.
 *
 * @param limit characters of the whole; a value that does not fit any more is left out, and that is said in its place
 */
export function fill(template: string, values: Readonly<Record<Variable, string>>, limit: number): string {
  let room = limit - template.length
  return template.replace(WRITTEN, (written, name: string) => {
    if (!isVariable(name)) return written
    const value = values[name]
    if (value.length > room) return `(${name} is left out: the prompt would be longer than ${limit} characters)`
    room -= value.length
    return value
  })
}

/** Something in braces that was probably meant for a variable and stays as it is written. */
export interface Doubtful {
  readonly written: string
  /** In the template. */
  readonly offset: number
}

/** chant's own `standard` prompt has it, and chant fills in nothing there. */
const CHANTS_OWN = 'spec.model'

/** What looks like a variable of ours and is none: blanks, other spelling, Handlebars. Foreign templates say nothing to us. */
export const doubtful = (template: string): readonly Doubtful[] =>
  [...template.matchAll(/\{\{([^{}\n]{1,80})\}\}/g)]
    .filter(([, inside = '']) => /\b(?:spec|project|worktree)\b/i.test(inside) || /^\s*>/.test(inside))
    .filter(([, inside = '']) => !isVariable(inside) && inside !== CHANTS_OWN)
    .map((match) => ({ written: match[0], offset: match.index }))
