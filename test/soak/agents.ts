/**
 * Agents of mixed temper, as shell scripts. Each tells the outside what it has said, edited and committed right after doing so,
 * in files beside the workspace, so that what the action kept can be compared with what really happened.
 */

export type Temper = 'quick' | 'slow' | 'stubborn' | 'daemon' | 'escapee' | 'forker' | 'loud' | 'failing'

/** Lines that a loud agent prints at once, through a buffer of its own. */
export const LOUD_LINES = 20_000

const LONG = `for i in $(seq 25); do say; edit; if [ $((i % 4)) = 0 ]; then save; fi; sleep 0.1; done; finish`

const SCRIPTS: Readonly<Record<Temper, string>> = {
  quick: 'say; edit; say; finish',
  slow: LONG,
  stubborn: `trap '' TERM; ${LONG}`,
  // A session of its own, which outlives the agent; only the cookie and an earlier look connect it to us.
  daemon: `setsid bash -c 'trap "" HUP; while :; do sleep 0.3; done' "$R" > /dev/null 2>&1 & say; edit; finish`,
  // Nothing of ours in its environment; it works in the worktree.
  escapee: `env -i PATH="$PATH" setsid bash -c 'while :; do sleep 0.2; done' "$R" > /dev/null 2>&1 & ${LONG}`,
  // Never the same process for long.
  forker: `hop() { sleep 0.05; hop & }; hop & ${LONG}`,
  loud: `seq -f "line %.0f of $CHANT_SPEC_ID" ${LOUD_LINES}; n=${LOUD_LINES}; say; edit; ${LONG}`,
  failing: 'say; edit; save; edit; say; exit 3',
}

/** The command line that works every spec by its temper; `root` is where the agents keep their own account. */
export function agentCommand(root: string, tempers: Readonly<Record<string, Temper>>): string {
  const cases = Object.entries(tempers).map(([id, temper]) => `${id})\n${SCRIPTS[temper]}\n;;\n`)
  return `R='${root}'
n=0
say() { n=$((n + 1)); echo "line $n of $CHANT_SPEC_ID"; echo "$n" > "$R/said/$CHANT_WORKER_TOKEN"; echo "note $n of $CHANT_SPEC_ID" >&2; }
edit() { echo "$n" >> "work-$CHANT_SPEC_ID.txt"; echo "$n" >> "$R/edited/$CHANT_WORKER_TOKEN"; }
save() { { git add --all; git commit --quiet -m "work $n of $CHANT_SPEC_ID"; } 2> /dev/null; git rev-parse HEAD >> "$R/commits"; }
finish() { sed 's/^- \\[ \\]/- [x]/' "$CHANT_SPEC_FILE" > .ticked; cat .ticked > "$CHANT_SPEC_FILE"; rm .ticked; save; echo "the end of $CHANT_SPEC_ID"; }
case "$CHANT_SPEC_ID" in
${cases.join('')}esac
`
}
