import { expect, test } from 'vitest'
import { aText, linesOf } from './lint-of.ts'

const approval = (fields: string) => ({ a: aText({ front: `approval:\n  required: true\n${fields}` }) })

test('a decision without a name is an error', () => {
  expect(linesOf(approval('  status: approved\n  at: 2026-11-02T10:00:00Z'))).toMatchInlineSnapshot(`
    "error approval-without-name a.md:4:11 \`approval.status\` is approved, and \`approval.by\` does not say by whom.
      → Add \`by\`, or let chant write both: \`chant approve a --by <name>\`."
  `)
})

test('a decision without a time is an error', () => {
  expect(linesOf(approval('  status: rejected\n  by: sam'))).toMatchInlineSnapshot(`
    "error approval-without-time a.md:4:11 \`approval.status\` is rejected, and \`approval.at\` does not say when.
      → Add \`at\`, or let chant write both: \`chant reject a --by <name> --reason <why>\`."
  `)
})

test('a name under an open decision is an error', () => {
  expect(linesOf(approval('  status: pending\n  by: sam'))).toMatchInlineSnapshot(`
    "error approval-undecided a.md:5:7 \`approval.by\` names somebody, and \`approval.status\` is still pending.
      → Set \`status\` to \`approved\` or \`rejected\`, or take \`by\` out."
  `)
  expect(linesOf(approval('  by: sam'))).toContain('error approval-undecided a.md:4:7')
})

test('a decision with name and time is right, and so is none', () => {
  expect(linesOf(approval('  status: approved\n  by: sam\n  at: 2026-11-02'))).toBe('')
  expect(linesOf(approval('  status: pending'))).toBe('')
})
