import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent } from '../e2e/agent.ts'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'

/** Row 35: agents can write to every git directory that they reach. Our git runs nothing of what they put there. */

const ONE = idOf(1)

/**
 * Words for agents: `poison DIR` gives a git directory everything by which git runs a command, and each command leaves a
 * file of its own name among the traps. Agents' own git runs them, too, so `disarm` removes what is there so far.
 */
const poisonWords = (traps: string): string => `
trap_for() { printf '%s' "touch '${traps}/$1'; cat"; }
poison() {
  mkdir -p "$1/hooks" "$1/info"
  for hook in applypatch-msg pre-commit prepare-commit-msg commit-msg post-commit pre-merge-commit post-checkout post-merge \\
    post-index-change reference-transaction pre-push pre-auto-gc post-rewrite fsmonitor-watchman; do
    printf '#!/bin/sh\\ntouch "${traps}/hook-%s"\\n' "$hook" > "$1/hooks/$hook"; chmod +x "$1/hooks/$hook"
  done
  echo '* filter=evil diff=evil merge=evil' > "$1/info/attributes"
  for key in core.fsmonitor core.sshCommand core.gitProxy core.editor core.pager core.askPass core.alternateRefsCommand \\
    diff.external diff.evil.command diff.evil.textconv merge.evil.driver filter.evil.clean filter.evil.smudge filter.evil.process \\
    gpg.program credential.helper uploadpack.packObjectsHook sequence.editor; do
    git --git-dir="$1" config "$key" "$(trap_for "$key")"
  done
  git --git-dir="$1" config core.hooksPath "$1/hooks"
  git --git-dir="$1" config core.attributesFile "$1/info/attributes"
  git --git-dir="$1" config commit.gpgSign true
  git --git-dir="$1" config 'url.ext::sh -c touch% ${traps}/insteadOf .insteadOf' /
  mkdir -p "$1/objects/info"; echo "$1/objects" > "$1/objects/info/alternates"
}
disarm() { rm -f '${traps}'/*; }
`

async function sprung(poisoned: (scene: Scene) => string, count = 1) {
  const scene = new Scene({ specs: plainSpecs(count) })
  const traps = join(scene.root, 'traps')
  const command = agent(`${poisonWords(traps)}\nmkdir -p '${traps}'\n${poisoned(scene)}\ndisarm`)
  const run = await scene.run({ 'max-parallel': '1', command })
  return { scene, run, traps: readdirSync(traps) }
}

describe('our git runs nothing of what an agent puts', () => {
  test("into the run's own repository and its worktree's", async () => {
    const { scene, run, traps } = await sprung(
      () =>
        'work; edit; poison "$(git rev-parse --path-format=absolute --git-common-dir)"; poison "$(git rev-parse --absolute-git-dir)"',
      2,
    )
    await using _scene = scene
    expect(traps).toEqual([])
    expect(outcomesIn(resultsOf(run.main))).toEqual({ [ONE]: 'completed', [idOf(2)]: 'completed' })
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n${ONE}\n`)
    expect([run.killed, scene.left()]).toEqual([[], []])
  })

  test('in the place of the `.git` of its worktree', async () => {
    const { scene, run, traps } = await sprung(
      ({ root }) =>
        `work; edit; git init --quiet '${root}/evil'; poison '${root}/evil/.git'; echo 'gitdir: ${root}/evil/.git' > .git`,
    )
    await using _scene = scene
    expect(traps).toEqual([])
    expect(outcomesIn(resultsOf(run.main))).toEqual({ [ONE]: 'completed' })
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n${ONE}\n`)
  })

  test('into `.gitattributes` that it commits', async () => {
    const { scene, run, traps } = await sprung(
      () => `echo '* filter=evil diff=evil merge=evil' > .gitattributes; work; edit
        poison "$(git rev-parse --path-format=absolute --git-common-dir)"`,
    )
    await using _scene = scene
    expect([traps, outcomesIn(resultsOf(run.main))]).toEqual([[], { [ONE]: 'completed' }])
  })

  test('into a repository inside its worktree', async () => {
    const { scene, traps } = await sprung(
      () => `work; git init --quiet inner; (cd inner; echo x > x; git add x; git -c user.name=a -c user.email=a@b commit --quiet -m x)
        git add inner; git commit --quiet -m inner; poison "$PWD/inner/.git"; echo y > inner/x; edit`,
    )
    await using _scene = scene
    expect(traps).toEqual([])
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n${ONE}\n`)
  })

  test("into the workspace's repository", async () => {
    const { scene, run, traps } = await sprung(
      ({ workspace }) => `work; poison '${workspace}/.git'; echo more >> '${workspace}/README.md'`,
      2,
    )
    await using _scene = scene
    expect(traps).toEqual([])
    // What it changed of the checkout is its fault, and its work is where it belongs all the same.
    expect(outcomesIn(resultsOf(run.main))[ONE]).toBe('checkout-touched')
    expect(scene.branches().length).toBeGreaterThan(1)
  })
})
