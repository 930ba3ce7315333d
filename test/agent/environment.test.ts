import { describe, expect, it } from 'vitest'
import { agentEnvironment, workerEnvironment } from '../../src/agent/environment.ts'

function handed(variables: Record<string, string | undefined>, ...passEnv: string[]) {
  const result = agentEnvironment(variables, passEnv)
  if (!result.ok) throw new Error(result.error)
  return result.value
}

/** What a step of a job really has and no agent may see, whatever `pass-env` says. */
const PROTECTED = [
  'INPUT_TOKEN',
  'INPUT_MAX-PARALLEL',
  'STATE_dir',
  'ACTIONS_RUNTIME_TOKEN',
  'ACTIONS_RUNTIME_URL',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'ACTIONS_ID_TOKEN_REQUEST_URL',
  'ACTIONS_CACHE_URL',
  'ACTIONS_RESULTS_URL',
  'GITHUB_ENV',
  'GITHUB_PATH',
  'GITHUB_OUTPUT',
  'GITHUB_STATE',
  'GITHUB_STEP_SUMMARY',
]
const valued = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, `value of ${name}`]))

describe('agentEnvironment', () => {
  it('hands on what every shell of this machine has', () => {
    const variables = valued([
      'PATH',
      'HOME',
      'LANG',
      'LC_ALL',
      'TZ',
      'RUNNER_TRACKING_ID',
      'HTTPS_PROXY',
      'no_proxy',
      'GIT_AUTHOR_NAME',
      'JAVA_HOME_21_X64',
      'GOROOT_1_25_X64',
      'CARGO_HOME',
      'Python3_ROOT_DIR',
    ])
    expect(handed(variables)).toEqual({ env: variables, withheld: [], passed: [] })
  })

  it('withholds everything else, and names what may be missed', () => {
    const variables = valued([
      'NPM_TOKEN',
      'AWS_SECRET_ACCESS_KEY',
      'DATABASE_URL',
      'GITHUB_TOKEN',
      'GH_TOKEN',
      'PWD',
      'SHLVL',
      'path',
      'XPATH',
      'PATHX',
    ])
    const { env, withheld } = handed({ ...variables, ...valued(PROTECTED) })
    expect(env).toEqual({})
    expect(withheld).toEqual([
      'AWS_SECRET_ACCESS_KEY',
      'DATABASE_URL',
      'GH_TOKEN',
      'NPM_TOKEN',
      'PATHX',
      'XPATH',
      'path',
    ])
  })

  it('hands on what is named, by name and by glob', () => {
    const variables = valued(['NPM_TOKEN', 'MY_A', 'MY_B', 'YOUR_MY_A', 'A_KEY', 'B_KEY_2', 'AXBXC', 'ABC', 'AXC'])
    const { env, passed, withheld } = handed(variables, 'NPM_TOKEN', 'MY_*', '*_KEY', 'A*B*C', 'NOT_SET')
    expect(passed).toEqual(['ABC', 'AXBXC', 'A_KEY', 'MY_A', 'MY_B', 'NPM_TOKEN'])
    expect(Object.keys(env)).toEqual(passed)
    expect(withheld).toEqual(['AXC', 'B_KEY_2', 'YOUR_MY_A'])
  })

  it('takes other characters of patterns as they are', () => {
    const variables = valued(['A.B', 'AXB', 'MY_A'])
    expect(handed(variables, 'A.*').passed).toEqual(['A.B'])
    expect(handed(variables, 'my_*', 'MY_?').passed).toEqual([])
  })

  it.each(['*', '**', 'ACTIONS_*', 'GITHUB_*', 'I*T_*', '*_TOKEN*'])('protects the job from the glob %s', (glob) => {
    const { env, passed } = handed({ ...valued(PROTECTED), OTHER: 'x' }, glob)
    for (const name of PROTECTED) {
      expect(env, name).not.toHaveProperty(name)
      expect(passed).not.toContain(name)
    }
  })

  it.each(PROTECTED)('refuses %s by name', (name) => {
    const result = agentEnvironment({}, ['MY_*', name])
    expect(result).toEqual({
      ok: false,
      error: `Input \`pass-env\` names ${name}, which steers or authorises this job and is never handed to an agent. Remove it.`,
    })
  })

  it('counts what was named as passed, though it is handed on anyway', () => {
    expect(handed({ HTTPS_PROXY: 'http://user:secret@proxy' }, 'HTTPS_PROXY').passed).toEqual(['HTTPS_PROXY'])
  })

  it('keeps empty values, and passes over variables that are not set', () => {
    expect(handed({ LANG: '', HOME: undefined, MINE: '' }, 'MINE').env).toEqual({ LANG: '', MINE: '' })
  })

  it('survives names that objects have by themselves', () => {
    expect(handed(JSON.parse('{"__proto__":"x","constructor":"y","toString":"z"}'), 'constructor').env).toEqual({
      constructor: 'y',
    })
  })
})

describe('workerEnvironment', () => {
  it('has the names that the contract has', () => {
    expect(
      workerEnvironment({
        specId: 'x',
        specFile: '/wt/x/.chant/specs/x.md',
        promptName: 'standard',
        promptFile: '/raw/x.md',
        worktree: '/wt/x',
        branch: 'chant/x',
        attempt: 2,
        timeoutSeconds: 90,
        token: 'cookie',
      }),
    ).toMatchInlineSnapshot(`
      {
        "CHANT_ATTEMPT": "2",
        "CHANT_BRANCH": "chant/x",
        "CHANT_PROMPT": "standard",
        "CHANT_PROMPT_FILE": "/raw/x.md",
        "CHANT_SPEC_FILE": "/wt/x/.chant/specs/x.md",
        "CHANT_SPEC_ID": "x",
        "CHANT_TIMEOUT": "90",
        "CHANT_WORKER_TOKEN": "cookie",
        "CHANT_WORKTREE": "1",
        "CHANT_WORKTREE_PATH": "/wt/x",
      }
    `)
  })
})
