/** Agents of these tests are shell scripts: the command line that `agent: command` runs, with a few words to write them in. */

const WORDS = `
tick() { sed 's/^- \\[ \\]/- [x]/' "$CHANT_SPEC_FILE" > .ticked; cat .ticked > "$CHANT_SPEC_FILE"; rm .ticked; }
save() { git add --all; git commit --quiet -m "\${1:-work of $CHANT_SPEC_ID}"; }
edit() { echo "$CHANT_SPEC_ID" >> "work-$CHANT_SPEC_ID.txt"; }
work() { edit; tick; save; }
`

/**
 * A command line with these words before it: `edit` makes a file of the spec's own, `tick` ticks its criteria, `save`
 * commits everything, `work` does all three.
 */
export const agent = (body: string): string => WORDS + body

/** Different scripts by spec id; an id that is not named gets `otherwise`. */
export function agentBySpec(scripts: Readonly<Record<string, string>>, otherwise = 'work'): string {
  const cases = Object.entries(scripts).map(([id, script]) => `${id})\n${script}\n;;\n`)
  return agent(`case "$CHANT_SPEC_ID" in\n${cases.join('')}*)\n${otherwise}\n;;\nesac\n`)
}
