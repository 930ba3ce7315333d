import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { askProgram, endAsked } from '../../src/process/ask-program.ts'
import { arena, freshTable, hasTable, lives, program } from './arena.ts'

describe.skipIf(!hasTable)('a program that is asked', () => {
  const ask = async (script: string, milliseconds = 20_000) => {
    const place = arena()
    const directory = place.path('asking')
    const file = program(place.path('tool'), script)
    const env = { PATH: process.env['PATH'] ?? '', A: place.folder }
    const asked = await askProgram(file, ['--version'], env, { directory, table: freshTable() }, milliseconds)
    expect(existsSync(directory)).toBe(false)
    return { asked, place }
  }

  it('answers with both its outputs and its exit', async () => {
    const { asked } = await ask('echo "1.2.3 $1"; echo more >&2; exit 3')
    expect(asked).toEqual({ ok: true, value: { exit: { type: 'code', code: 3 }, said: '1.2.3 --version\nmore\n' } })
  })

  it('is answered for in time though a child holds its output, and leaves nobody', async () => {
    const { asked, place } = await ask('sleep 60 & echo $! > "$A/child.pid"; echo 1.2.3')
    expect(asked).toMatchObject({ value: { said: '1.2.3\n' } })
    expect(lives(await place.pid('child'))).toBe(false)
  })

  it('is ended with everything below it where it does not answer', async () => {
    const { asked, place } = await ask('trap "" TERM; sleep 60 & echo $! > "$A/child.pid"; wait', 4_000)
    expect(asked).toMatchObject({ ok: true, value: { exit: undefined } })
    expect(lives(await place.pid('child'))).toBe(false)
  })

  it('is gone once whoever comes after a killed main has ended it, however long it takes to die', async () => {
    const place = arena()
    // It has so much memory to give back that nobody overlooks it.
    const large = `const a = Buffer.alloc(2e8, 1); require('fs').writeFileSync(process.env.A + '/large.pid', process.pid + require('os').EOL); setInterval(() => a, 1e6)`
    const { token, identity } = await place.tree(`exec '${process.execPath}' -e "${large}"`)
    // Longer than others take to stand.
    await expect.poll(() => existsSync(place.path('large.pid'))).toBe(true)
    const pid = await place.pid('large')
    const directory = place.path('asking')
    mkdirSync(directory)
    writeFileSync(join(directory, 'asking.json'), JSON.stringify({ token, identity }))
    await endAsked({ directory, table: freshTable() })
    expect(lives(pid)).toBe(false)
  })
})
