import { describe, expect, it } from 'vitest'
import { promptNameFor } from '../../src/prompt/choose.ts'
import { aSpec } from '../builders.ts'

interface Case {
  readonly input?: string
  readonly prompt?: string
  readonly type?: string
  readonly config?: string
  /** Prompts of the project. */
  readonly own?: readonly string[]
}

const choose = ({ input, prompt, type = 'code', config, own = [] }: Case): string => {
  const spec = aSpec({ type, ...(prompt === undefined ? {} : { prompt }) })
  const { name, by } = promptNameFor(spec, { input, configDefault: config, own: (each) => own.includes(each) })
  return `${name} by ${by}`
}

describe('promptNameFor', () => {
  it('takes the input, then the spec, then the type, then the configuration', () => {
    const all = { input: 'a', prompt: 'b', type: 'documentation', config: 'c', own: ['documentation', 'bootstrap'] }
    const { input: _, ...withoutInput } = all
    const { prompt: __, ...withoutSpec } = withoutInput
    expect(choose(all)).toBe('a by input')
    expect(choose(withoutInput)).toBe('b by spec')
    expect(choose(withoutSpec)).toBe('documentation by type')
    expect(choose({ ...withoutSpec, type: 'code' })).toBe('c by config')
  })

  it('takes the documentation prompt for its type only where the project has one of its own', () => {
    expect(choose({ type: 'documentation', config: 'c' })).toBe('c by config')
    expect(choose({ type: 'documentation', own: ['bootstrap'] })).toBe('bootstrap by default')
    expect(choose({ type: 'documentation', own: ['documentation'] })).toBe('documentation by type')
    expect(choose({ type: 'research', config: 'c', own: ['research'] })).toBe('c by config')
  })

  it('takes bootstrap by default, and standard where the project has no bootstrap', () => {
    expect(choose({ own: ['bootstrap', 'standard'] })).toBe('bootstrap by default')
    expect(choose({ own: ['standard'] })).toBe('standard by default')
    expect(choose({ own: ['standard'], type: 'research' })).toBe('standard by default')
  })

  it('takes what is built in for the type where the project has neither', () => {
    expect(choose({})).toBe('standard by default')
    expect(choose({ type: 'documentation' })).toBe('documentation by type')
    expect(choose({ type: 'research' })).toBe('research by type')
    expect(choose({ type: 'of-my-own' })).toBe('standard by default')
  })
})
