import { expect, test } from 'vitest'
import { workflows } from '../../scripts/check/workflows.mjs'
import { scratch } from './scratch.ts'

const ACTION = `
name: sample
description: A sample.
inputs:
  specs:
    description: Which.
outputs: {}
runs:
  using: node24
  main: dist/main.js
`

const workflow = (step: string): string => `
on: workflow_dispatch
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
        with:
          anything: is not ours to judge
      ${step}
`

test('a good action and workflow pass', async () => {
  const directory = scratch({
    'action.yml': ACTION,
    '.github/workflows/a.yml': workflow(`- uses: ./\n        with:\n          specs: a`),
  })
  expect(await workflows(directory)).toEqual([])
})

test('an input that action.yml does not have, a bad expression and an unknown runtime are found with their place', async () => {
  const directory = scratch({
    'action.yml': ACTION.replace('node24', 'node5'),
    '.github/workflows/a.yml': workflow(
      `- uses: ./\n        with:\n          model: x\n          specs: \${{ nothing.here }}`,
    ),
  })
  expect(await workflows(directory)).toEqual([
    `action.yml:9:10 Unexpected value 'node5'`,
    `.github/workflows/a.yml:12:11 Invalid action input 'model'`,
    `.github/workflows/a.yml:13:18 Unrecognized named-value: 'nothing'`,
  ])
})

test('what is missing is named', async () => {
  expect(await workflows(scratch({}))).toEqual(['action.yml is missing'])
  expect(await workflows(scratch({ 'action.yml': ACTION }))).toEqual(['.github/workflows holds no workflow'])
})
