import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent } from '../e2e/agent.ts'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs, specText } from '../e2e/spec-text.ts'
import { onLinux } from './machine.ts'

/** Rows 48, 49 and 50: what stands in the specs folder that nobody should have put there. */

const [ONE, TWO] = [idOf(1), idOf(2)]

/** Puts files and worse among the specs, by name. */
function put(scene: Scene, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(scene.project, '.chant/specs', name), bytes)
}

const refusalsOf = (scene: Scene): readonly string[] =>
  scene
    .results()
    .not_planned.map(({ spec_id, reason, message, line }) => `${spec_id}:${line ?? ''} ${reason} ${message}`)

describe.skipIf(!onLinux)('a specs folder', () => {
  test('with hostile files has each named at its place; none is evaluated or followed, and the others are worked', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const mark = join(scene.root, 'evaluated')
    const evil = `require('node:fs').writeFileSync('${mark}', '')`
    const levels = [...'bcdefghij'].map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefghi'[i]}`)}]\n`)
    put(scene, {
      'js.md': `---js\n${evil}\n---\n`,
      'javascript.md': `---javascript\n${evil}\n---\n`,
      'tag.md': `---\nx: !!js/function "function () { ${evil} }"\n---\n${specText({ title: 'A tag' })}`,
      'bomb.md': `---\na: &a [${Array(9).fill('x')}]\n${levels.join('')}---\n`,
      'big.md': Buffer.alloc(10 * 1024 * 1024, '- [ ] all of it\n'),
      'zero.md': '# T\n\nNo\0text\n',
      'latin.md': Buffer.from('# T\n\nCaf\xe9\n', 'latin1'),
      'dup.md': '---\ntype: code\nstatus: completed\nstatus: pending\n---\n# T\n',
      'open.md': '---\nstatus: pending\n# T\n',
      'bad.md': '---\nstatus: done\nlabels: x\n---\n# T\n',
      'crlf.md': specText({ title: 'CRLF' }).replaceAll('\n', '\r\n'),
      'bom.md': `\ufeff${specText({ title: 'BOM' })}`,
      'none.md': '# No front matter\n\nDo it.\n',
    })
    mkdirSync(join(scene.project, '.chant/specs/folder.md'))
    writeFileSync(join(scene.root, 'outside.md'), specText({ title: 'Outside' }))
    symlinkSync(join(scene.root, 'outside.md'), join(scene.project, '.chant/specs/out.md'))
    execFileSync('mkfifo', [join(scene.project, '.chant/specs/pipe.md')])

    const { main, killed } = await scene.run({ command: agent('edit; tick; save') })
    expect(outcomesIn(resultsOf(main))).toEqual({
      [ONE]: 'completed',
      bom: 'completed',
      crlf: 'completed',
      none: 'completed',
      tag: 'completed',
    })
    expect(main.code).toBe(0)
    expect(refusalsOf(scene)).toMatchInlineSnapshot(`
      [
        "bad:2 invalid-spec Cannot be read as a spec: front matter: "status" is "done", expected one of pending, in_progress, paused, completed, failed, needs_attention, ready, blocked, cancelled (and 1 more)",
        "big:1 invalid-spec Cannot be read as a spec: the file is larger than 1 MiB; a spec is a page or two of text",
        "bomb:3 invalid-spec Cannot be read as a spec: front matter: its aliases unfold into too much or into themselves; write the values out",
        "dup:4 invalid-spec Cannot be read as a spec: front matter: duplicate key "status" (first on line 3)",
        "folder:1 invalid-spec Cannot be read as a spec: a directory with the name of a spec; rename it",
        "javascript:1 invalid-spec Cannot be read as a spec: front matter: only YAML is read; write "---" alone on its first line",
        "js:1 invalid-spec Cannot be read as a spec: front matter: only YAML is read; write "---" alone on its first line",
        "latin:3 invalid-spec Cannot be read as a spec: not valid UTF-8; save the file as UTF-8",
        "open:1 invalid-spec Cannot be read as a spec: front matter: it is never closed; add a line "---" after its last field",
        "out:1 invalid-spec Cannot be read as a spec: a link that leaves the project; it is not followed",
        "pipe:1 invalid-spec Cannot be read as a spec: not a regular file",
        "zero:3 invalid-spec Cannot be read as a spec: the file holds a NUL character; it is no text file",
      ]
    `)
    expect(main.annotations.filter(({ properties }) => properties['file']?.endsWith('dup.md'))).toMatchInlineSnapshot(`
      [
        {
          "level": "warning",
          "message": "dup: Cannot be read as a spec: front matter: duplicate key "status" (first on line 3)",
          "properties": {
            "col": "1",
            "file": ".chant/specs/dup.md",
            "line": "4",
            "title": "not worked",
          },
        },
      ]
    `)
    expect(scene.specOn('chant/crlf', 'crlf')).toMatch(/^---\r\ntype: code\r\nstatus: completed\r\n/)
    expect(existsSync(mark)).toBe(false)
    expect(main.lines.join('\n')).not.toContain('Outside')
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('with links into the project has what they lead to worked where it lies', async () => {
    const text = specText({ title: 'Linked' })
    await using scene = new Scene({ files: { 'tasks/real.md': text, 'tasks/deep/other.md': text } })
    mkdirSync(join(scene.project, '.chant/specs'), { recursive: true })
    symlinkSync('../../tasks/real.md', join(scene.project, '.chant/specs/file.md'))
    symlinkSync('../../tasks/deep', join(scene.project, '.chant/specs/folder'))
    scene.commit('Links')

    const { main, killed } = await scene.run({ command: agent('edit; tick; save') })
    expect(outcomesIn(resultsOf(main))).toEqual({ file: 'completed', other: 'completed' })
    expect(scene.fileOn('chant/file', 'tasks/real.md')).toContain('status: completed\n')
    expect(scene.fileOn('chant/other', 'tasks/deep/other.md')).toContain('status: completed\n')
    expect(scene.git('ls-tree', 'chant/file', '.chant/specs/file.md')).toMatch(/^120000 blob/)
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('with names that are no ids has each named, and makes no branch and no file of it', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const long = 'x'.repeat(250)
    const names = [
      '-rf',
      'a b',
      'CON',
      long,
      '\u00e9',
      'e\u0301',
      '\u0430',
      '$(touch pwned)',
      'a\n::error::b',
      "'",
      '_x',
      'a..b',
      'a.lock',
    ]
    put(scene, Object.fromEntries(names.map((name) => [`${name}.md`, specText({ title: 'Hostile' })])))
    put(scene, { 'Twin.md': specText(), 'twin.md': specText(), 'y.md': '---\ntype: code\n---\n# Y\n' })
    const longest = `${'y'.repeat(98)}.1`
    put(scene, { [`${longest}.md`]: specText({ title: 'As long as may be' }) })

    const { main, killed } = await scene.run({ command: agent('edit; tick; save') })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed', y: 'completed', [longest]: 'completed' })
    expect(scene.branches()).toEqual([`chant/${ONE}`, 'chant/y', `chant/${longest}`, 'main'])
    const refused = resultsOf(main).not_planned
    expect(refused.map(({ spec_id }) => spec_id).sort()).toEqual([...names, 'Twin', 'twin'].sort())
    for (const { message } of refused) expect(message).toMatch(/spec id .*rename/)
    expect(
      readdirSync(join(scene.project, '.chant', 'logs'))
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ).toEqual([`${ONE}.log`, 'y.log', `${longest}.log`].sort())
    for (const { message } of main.annotations) expect(message).toMatch(/: Cannot be read as a spec: spec id /)
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test.each(['../x', '-rf', 'CON', 'x'.repeat(300), '\u00e9', '\u0430', '../../etc/passwd', '$(id)'])(
    'has no spec that is named %j, and says so before anything starts',
    async (name) => {
      await using scene = new Scene({ specs: plainSpecs(1) })
      const { main } = await scene.run({ command: agent('work'), specs: name })
      expect(main.code).toBe(1)
      expect(main.annotations.map(({ message }) => message)).toEqual([
        expect.stringMatching(/`specs`: No spec matches "/),
      ])
      expect(scene.branches()).toEqual(['main'])
    },
  )

  test('with circles, dependencies that do not exist and a member without its driver has each named, and the others are worked', async () => {
    const odd = ['../x', '-rf', 'a b', '\u00e9', 'x'.repeat(300), 'a\\n::error::b', 'backend:x']
    await using scene = new Scene({
      specs: {
        ...plainSpecs(2),
        a: specText({ title: 'A', front: 'depends_on: [b]' }),
        b: specText({ title: 'B', front: 'depends_on: c' }),
        c: specText({ title: 'C', front: 'depends_on: [a]' }),
        behind: specText({ title: 'Behind', front: 'depends_on: [a]' }),
        lost: specText({ title: 'Lost', front: `depends_on: [${odd.map((id) => `"${id}"`).join(', ')}]` }),
        'nobody.1': specText({ title: 'Member' }),
        'nobody.2': specText({ title: 'Next member' }),
      },
    })
    const { main, killed } = await scene.run({ command: agent('edit; tick; save') })
    expect(outcomesIn(resultsOf(main))).toEqual({
      [ONE]: 'completed',
      [TWO]: 'completed',
      'nobody.1': 'completed',
      'nobody.2': 'completed',
    })
    expect(refusalsOf(scene)).toMatchInlineSnapshot(`
      [
        "a:4 cycle Waits for itself: a → b → c → a. Take one of these out of \`depends_on\`, or set \`skip-deps\`.",
        "b:4 cycle Waits for itself: a → b → c → a. Take one of these out of \`depends_on\`, or set \`skip-deps\`.",
        "behind:4 cycle Waits for specs that wait for each other: a → b → c → a. Take one of these out of \`depends_on\`, or set \`skip-deps\`.",
        "c:4 cycle Waits for itself: a → b → c → a. Take one of these out of \`depends_on\`, or set \`skip-deps\`.",
        "lost:4 missing-dependency Depends on "../x", -rf, "a b", "é", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…", "a\\n::error::b" and backend:x, which do not exist. Correct \`depends_on\`, or set \`skip-deps\`.",
      ]
    `)
    expect(main.annotations.filter(({ level }) => level === 'error')).toEqual([])
    expect([killed, scene.left()]).toEqual([[], []])
  })
})
