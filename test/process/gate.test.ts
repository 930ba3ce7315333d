import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { spawnGate } from '../../src/process/gate.ts'
import { compare } from '../../src/process/identity.ts'
import { arena, gone, hasTable, identityOfPid, lives, onLinux, program, table } from './arena.ts'

describe.skipIf(!hasTable)('a gate', () => {
  it('runs nothing until it is opened, then the command in the same process', async () => {
    const place = arena()
    const gate = await place.gate('echo $$ > "$A/ran.pid"')
    expect(compare(gate.identity, table())).toBe('same')
    expect(identityOfPid(gate.identity.pid)).toEqual(gate.identity)
    // It stands at its door: a shell that waits, and no file.
    expect(existsSync(place.path('ran.pid'))).toBe(false)
    gate.open()
    expect(await gate.exited).toEqual({ type: 'code', code: 0 })
    expect(await place.pid('ran')).toBe(gate.identity.pid)
  })

  it('leaves with 125 when it is closed unopened, and the command never ran', async () => {
    const place = arena()
    const gate = await place.gate('echo $$ > "$A/ran.pid"')
    gate[Symbol.dispose]()
    expect(await gate.exited).toEqual({ type: 'code', code: 125 })
    expect(existsSync(place.path('ran.pid'))).toBe(false)
  })

  it('is not stopped by its disposal once it was opened', async () => {
    const place = arena()
    let exited: Promise<unknown>
    {
      using gate = await place.gate('echo $$ > "$A/child.pid"; read -r line < "$A/go"; exit 7')
      writeFileSync(place.path('go'), 'now\n')
      gate.open()
      exited = gate.exited
    }
    expect(await exited).toEqual({ type: 'code', code: 7 })
  })

  it('closes when the process that holds it is killed', async () => {
    const place = arena()
    const holder = spawn(process.execPath, [join(import.meta.dirname, 'hold-a-gate.ts'), place.folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line]: unknown[] = await once(holder.stdout, 'data')
    const pid = Number(String(line))
    expect(lives(pid)).toBe(true)
    holder.kill('SIGKILL')
    await gone(pid)
    expect(existsSync(place.path('ran'))).toBe(false)
  })

  it('hands on arguments, environment, directory and input exactly', async () => {
    const place = arena()
    const tool = program(place.path('tool'), 'printf "%s\\0" "$@" > args; env -0 > env; pwd -P > cwd; cat > input')
    const args = ['', ' two  words ', '-n', '$(echo no) `no` "q" \'q\'', 'line\nbreak', '*', 'Grüße 🦉']
    const input = 'no line break at the end'
    writeFileSync(place.path('in'), input)
    const env = { PATH: process.env['PATH'] ?? '', EMPTY: '', TEXT: 'a=b\n$c' }
    const gate = await place.gate('', { file: tool, args, env })
    gate.open()
    expect(await gate.exited).toEqual({ type: 'code', code: 0 })
    expect(readFileSync(place.path('args'), 'utf8').split('\0').slice(0, -1)).toEqual(args)
    expect(readFileSync(place.path('cwd'), 'utf8')).toBe(`${place.folder}\n`)
    expect(readFileSync(place.path('input'), 'utf8')).toBe(input)
    const seen = Object.fromEntries(
      readFileSync(place.path('env'), 'utf8')
        .split('\0')
        .filter((entry) => entry !== '')
        .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    )
    // What shells set by themselves.
    const { PWD: _pwd, OLDPWD: _old, SHLVL: _level, _: _last, ...rest } = seen
    expect(rest).toEqual(env)
  })

  it('takes a prompt and arguments of 200 KB', async () => {
    const place = arena()
    writeFileSync(place.path('in'), 'p'.repeat(200_000))
    const args = ['-c', 'wc -c | tr -d " "; printf "%s" "$@" | wc -c | tr -d " "', 'sh', 'a'.repeat(100_000)]
    const gate = await place.gate('', { args: [...args, 'b'.repeat(100_000)] })
    gate.open()
    expect(await gate.exited).toEqual({ type: 'code', code: 0 })
    expect(readFileSync(place.path('out'), 'utf8')).toBe('200000\n200000\n')
  })

  it.runIf(onLinux)('cannot take one argument above the limit of the system, and says so', async () => {
    const place = arena()
    await expect(place.gate('', { args: ['-c', 'true', 'a'.repeat(200_000)] })).rejects.toThrow(/E2BIG/)
  })

  it('keeps a command that does not exist apart from one that fails', async () => {
    const place = arena()
    const gate = await place.gate('', { file: 'no-such-command-here', args: [] })
    gate.open()
    expect(await gate.exited).toEqual({ type: 'code', code: 127 })
    expect(readFileSync(place.path('err'), 'utf8')).toContain('no-such-command-here')
  })

  it('tells a signal from an exit code', async () => {
    const place = arena()
    const gate = await place.gate('kill -9 $$')
    gate.open()
    expect(await gate.exited).toEqual({ type: 'signal', signal: 'SIGKILL' })
  })

  it('exits though a grandchild holds its output, which is still appended', async () => {
    const place = arena()
    execFileSync('mkfifo', [place.path('fifo')])
    const gate = await place.gate('sh -c \'echo $$ > "$A/late.pid"; read -r _ < "$A/fifo"; echo late\' & exit 0')
    gate.open()
    expect(await gate.exited).toEqual({ type: 'code', code: 0 })
    const late = await place.pid('late')
    expect(lives(late)).toBe(true)
    writeFileSync(place.path('fifo'), '\n')
    await gone(late)
    expect(readFileSync(place.path('out'), 'utf8')).toBe('late\n')
  })

  it('appends its output to files and puts nothing on ours', async () => {
    const place = arena()
    writeFileSync(place.path('out'), 'before\n')
    const gate = await place.gate('echo one; echo two >&2; : > "$A/in"; echo three')
    gate.open()
    await gate.exited
    expect(readFileSync(place.path('out'), 'utf8')).toBe('before\none\nthree\n')
    expect(readFileSync(place.path('err'), 'utf8')).toBe('two\n')
  })

  it.runIf(onLinux)('gives the command three descriptors and a session of its own', async () => {
    const place = arena()
    const gate = await place.gate('ls /proc/self/fd > "$A/fds"; echo $$ > "$A/child.pid"; exec sleep 60')
    gate.open()
    const pid = await place.pid('child')
    // What we have inherited ourselves is not ours to close; the gate's own descriptor is gone.
    const plain = execFileSync('ls', ['/proc/self/fd'], { encoding: 'utf8' })
    expect(readFileSync(place.path('fds'), 'utf8')).toBe(plain)
    expect(table().row(pid)).toMatchObject({ group: pid, session: pid })
  })

  it.each([
    ['a directory that is not there', { cwd: '/nowhere/at/all' }],
    ['an input that is not there', { stdin: '/nowhere/at/all' }],
    ['an output that cannot be made', { stdout: '/nowhere/at/all' }],
  ])('answers an error for %s, and starts nothing', async (_, over) => {
    const place = arena()
    const gate = await spawnGate(
      {
        file: 'touch',
        args: [place.path('ran')],
        cwd: place.folder,
        env: {},
        stdin: place.path('in'),
        stdout: place.path('out'),
        stderr: place.path('err'),
        ...over,
      },
      table(),
    )
    expect(gate.ok).toBe(false)
    expect(gate.ok ? '' : gate.error).toContain('/nowhere/at/all')
  })

  it.each([
    ['a link', (place: string, out: string) => symlinkSync(place, out)],
    ['a pipe that nobody reads', (_: string, out: string) => execFileSync('mkfifo', [out])],
    ['a folder', (_: string, out: string) => mkdirSync(join(out, 'deep'), { recursive: true })],
  ])('puts its output into a file of its own where somebody put %s', async (_, put) => {
    const place = arena()
    writeFileSync(place.path('precious'), 'kept')
    put(place.path('precious'), place.path('out'))
    const gate = await place.gate('echo fine')
    gate.open()
    expect(await gate.exited).toEqual({ type: 'code', code: 0 })
    expect(readFileSync(place.path('out'), 'utf8')).toBe('fine\n')
    expect(readFileSync(place.path('precious'), 'utf8')).toBe('kept')
  })
})
