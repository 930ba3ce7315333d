// The demo's agent: an ordinary program started by `agent: command`. It does what a coding agent does, as its spec says
// word for word: fenced blocks named `append=<file>` go into those files, criteria are ticked, the work is committed.
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

const id = process.env['CHANT_SPEC_ID'] ?? ''
const specFile = process.env['CHANT_SPEC_FILE'] ?? ''

const prompt = await text(process.stdin)
const spec = readFileSync(specFile, 'utf8')
console.log(`Reading the task: ${prompt.length} characters, spec ${id}, attempt ${process.env['CHANT_ATTEMPT']}`)
await think(0.4)

for (const [, file = '', content = ''] of spec.matchAll(/^```\w* append=(\S+)\n(.*?)^```$/gms)) {
  console.log(`Edit ${file}`)
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, content)
  await think(0.3)
}

// What an agent prints is text. Were this line to act as a command, the run would show a warning.
console.log('::warning::An agent said this; it is not a command')

// A criterion marked `(needs a person)` is nothing that a program can vouch for.
const ticked = spec.replace(/^- \[ \] (?!.*\(needs a person\)$)/gm, '- [x] ')
if (ticked !== spec) writeFileSync(specFile, ticked)
const count = (/** @type {string} */ mark) => ticked.split(`\n- [${mark}] `).length - 1
console.log(`Ticked ${count('x')} of ${count('x') + count(' ')} criteria`)
await think(0.3)

execFileSync('git', ['add', '--all'])
execFileSync('git', ['commit', '--quiet', '-m', `chant(${id}): ${/^# (.*)$/m.exec(spec)?.[1] ?? id}`])
console.log(execFileSync('git', ['log', '-1', '--format=Committed %h %s'], { encoding: 'utf8' }).trimEnd())
console.log(count(' ') === 0 ? 'Done.' : 'Done as far as I can: the criterion that is left needs a person.')

/**
 * From two to four seconds in all, by spec, so that agents end one after another and every demo looks the same.
 * @param {number} share of the whole time
 */
function think(share) {
  const spread = [...id].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 5
  return sleep((2000 + spread * 500) * share)
}
