import { expect, test } from 'vitest'
import { aText, linesOf } from './lint-of.ts'

const prompts = new Set(['standard', 'research'])
const naming = (prompt: string) => ({ a: aText({ front: `prompt: ${prompt}` }) })

test('a prompt that does not exist is an error', () => {
  expect(linesOf(naming('standrad'), undefined, { facts: { prompts } })).toMatchInlineSnapshot(`
    "error unknown-prompt a.md:2:9 \`prompt\` names "standrad", and no prompt has this name.
      → Did you mean standard? Add .chant/prompts/<name>.md, or name another."
  `)
  expect(linesOf(naming('research'), undefined, { facts: { prompts } })).toBe('')
})

test('nobody asks for it where one prompt is used for all', () => {
  expect(linesOf(naming('standrad'))).toBe('')
})
