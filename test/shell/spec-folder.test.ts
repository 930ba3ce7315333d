import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSpecFolder } from '../../src/shell/spec-folder.ts'
import { formatDiagnostic } from '../../src/spec/diagnostic.ts'

let outside: string
let project: string
beforeEach(() => {
  outside = realpathSync(mkdtempSync(join(tmpdir(), 'chant-specs-')))
  project = join(outside, 'project')
  mkdirSync(join(project, '.chant/specs'), { recursive: true })
})
afterEach(() => rmSync(outside, { recursive: true, force: true }))

function write(path: string, content: string | Buffer = '# T\n'): void {
  const file = join(project, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

function read() {
  const folder = readSpecFolder(project)
  if (!folder.ok) throw new Error(folder.error)
  return folder.value
}

const broken = (): string[] => read().broken.flatMap(({ diagnostics }) => diagnostics.map(formatDiagnostic))
const ids = (): string[] => read().specs.map(({ id }) => id)

describe('readSpecFolder', () => {
  it('reads specs of all folders in order, and the archive', () => {
    for (const id of ['x.10', 'x.2', 'x', 'a']) write(`.chant/specs/${id}.md`)
    write('.chant/specs/2026/01/deep.md', '---\ntype: odd\n---\n')
    for (const path of ['README.md', '.hidden.md', '.git/x.md', 'notes.txt', '2026/readme.md'])
      write(`.chant/specs/${path}`)
    write('.chant/archive/2025-01-01/old.md')
    write('.chant/archive/old.2.md')
    const folder = read()
    expect(folder.specs.map(({ id, file }) => `${id} ${file}`)).toEqual([
      'a .chant/specs/a.md',
      'deep .chant/specs/2026/01/deep.md',
      'x .chant/specs/x.md',
      'x.2 .chant/specs/x.2.md',
      'x.10 .chant/specs/x.10.md',
    ])
    expect(folder.broken).toEqual([])
    expect(folder.warnings.map(({ file, line, code }) => `${file}:${line} ${code}`)).toEqual([
      '.chant/specs/2026/01/deep.md:2 unknown-type',
    ])
    expect(folder.archived).toEqual(['old', 'old.2'])
  })

  it('says where it looked when there is no folder', () => {
    const folder = readSpecFolder(join(project, 'sub'))
    expect(folder.ok ? '' : folder.error).toContain(
      `No specs folder at ${join(project, 'sub', '.chant/specs')}: set the input \`working-directory\``,
    )
    rmSync(join(project, '.chant/specs'), { recursive: true })
    write('.chant/specs', 'a file')
    expect(readSpecFolder(project).ok).toBe(false)
  })

  it('is empty for an empty folder', () => {
    expect(read()).toEqual({ specs: [], broken: [], warnings: [], archived: [] })
  })

  it('breaks only the file that is broken', () => {
    write('.chant/specs/good.md')
    write('.chant/specs/dup.md', '---\nstatus: pending\nstatus: failed\n---\n')
    write('.chant/specs/latin.md', Buffer.from('# T\nCaf\xe9', 'latin1'))
    write('.chant/specs/utf16.md', Buffer.from('\uFEFF# T\n', 'utf16le'))
    write('.chant/specs/big.md', 'x'.repeat(1024 * 1024 + 1))
    write('.chant/specs/a b.md')
    write('.chant/specs/_draft.md')
    write('.chant/specs/dir.md/inside.md')
    execFileSync('mkfifo', [join(project, '.chant/specs/pipe.md')])
    expect(ids()).toEqual(['good'])
    expect(broken()).toEqual([
      expect.stringContaining('.chant/specs/_draft.md:1:1 spec id "_draft"'),
      expect.stringContaining('.chant/specs/a b.md:1:1 spec id "a b"'),
      '.chant/specs/big.md:1:1 the file is larger than 1 MiB; a spec is a page or two of text',
      '.chant/specs/dir.md:1:1 a directory with the name of a spec; rename it',
      '.chant/specs/dup.md:3:1 front matter: duplicate key "status" (first on line 2)',
      '.chant/specs/latin.md:2:4 not valid UTF-8; save the file as UTF-8',
      '.chant/specs/pipe.md:1:1 not a regular file',
      '.chant/specs/utf16.md:1:1 not valid UTF-8; save the file as UTF-8',
    ])
  })

  it('takes what stands for a character that is not known for what it is', () => {
    write('.chant/specs/cut.md', Buffer.from([0x61, 0xef, 0xbf]))
    write('.chant/specs/whole.md', '# T\ufffd\n')
    expect(ids()).toEqual(['whole'])
    expect(broken()).toEqual(['.chant/specs/cut.md:1:3 not valid UTF-8; save the file as UTF-8'])
  })

  it.skipIf(process.getuid?.() === 0)('names what it may not read', () => {
    write('.chant/specs/secret.md')
    chmodSync(join(project, '.chant/specs/secret.md'), 0)
    expect(broken()).toEqual(['.chant/specs/secret.md:1:1 the file cannot be read (EACCES)'])
  })

  it('breaks every file of an id that is there twice, in any case', () => {
    write('.chant/specs/one/x.md')
    write('.chant/specs/two/X.md')
    write('.chant/specs/y.md')
    expect(ids()).toEqual(['y'])
    expect(broken().sort()).toEqual([
      '.chant/specs/one/x.md:1:1 spec id "x" is also that of .chant/specs/two/X.md; rename one (case does not tell ids apart)',
      '.chant/specs/two/X.md:1:1 spec id "X" is also that of .chant/specs/one/x.md; rename one (case does not tell ids apart)',
    ])
  })
})

describe('links', () => {
  const link = (target: string, path: string): void => symlinkSync(target, join(project, '.chant/specs', path))

  it('are followed inside the project, each folder once', () => {
    write('docs/real.md')
    write('more/nested/other.md')
    link('../../docs/real.md', 'linked.md')
    link('../../more', 'more')
    link('.', 'again')
    link('../../more', 'twice')
    link('linked.md', 'second.md')
    expect(read().specs.map(({ id, file }) => `${id} ${file}`)).toEqual([
      'linked docs/real.md',
      'other more/nested/other.md',
    ])
    expect(broken()).toEqual([
      '.chant/specs/again:1:1 a link to a folder that is read already; it is not followed',
      '.chant/specs/second.md:1:1 a second name of docs/real.md, which is read already; it is not followed',
      '.chant/specs/twice:1:1 a link to a folder that is read already; it is not followed',
    ])
  })

  it('may make the specs folder another one of the project', () => {
    write('tasks/one.md')
    rmSync(join(project, '.chant/specs'), { recursive: true })
    symlinkSync('../tasks', join(project, '.chant/specs'))
    expect(read().specs.map(({ id, file }) => `${id} ${file}`)).toEqual(['one tasks/one.md'])
  })

  it('are never followed out of the project, nor into git', () => {
    mkdirSync(join(outside, 'elsewhere'))
    writeFileSync(join(outside, 'elsewhere/secret.md'), '# secret\n')
    write('.git/config', 'token')
    link(join(outside, 'elsewhere/secret.md'), 'absolute.md')
    link('../../../elsewhere/secret.md', 'relative.md')
    link('../../../elsewhere', 'folder')
    link('../../.git/config', 'token.md')
    link('nowhere', 'dangling.md')
    link('loop.md', 'loop.md')
    expect(ids()).toEqual([])
    const refused = 'a link that leaves the project; it is not followed'
    expect(broken()).toEqual([
      `.chant/specs/absolute.md:1:1 ${refused}`,
      '.chant/specs/dangling.md:1:1 a link to a file that does not exist',
      `.chant/specs/folder:1:1 ${refused}`,
      '.chant/specs/loop.md:1:1 the link cannot be followed (ELOOP)',
      `.chant/specs/relative.md:1:1 ${refused}`,
      `.chant/specs/token.md:1:1 ${refused}`,
    ])
  })

  it('may not make the specs folder itself another place', () => {
    rmSync(join(project, '.chant/specs'), { recursive: true })
    mkdirSync(join(outside, 'elsewhere'))
    symlinkSync(join(outside, 'elsewhere'), join(project, '.chant/specs'))
    const folder = readSpecFolder(project)
    expect(folder.ok ? '' : folder.error).toContain('is a link that leaves the project')
  })
})
