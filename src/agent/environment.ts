import { err, ok, type Result } from '../result.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** System, language and toolchain variables: what a shell on this machine would have anyway, and nothing that is a secret. */
const ALLOWED = [
  ...[
    'PATH',
    'HOME',
    'USER',
    'LOGNAME',
    'SHELL',
    'LANG',
    'LANGUAGE',
    'LC_*',
    'TZ',
    'TERM',
    'COLORTERM',
    'TMPDIR',
    'TMP',
    'TEMP',
  ],
  ...[
    'CI',
    'DEBIAN_FRONTEND',
    'LD_LIBRARY_PATH',
    'DYLD_LIBRARY_PATH',
    'PKG_CONFIG_PATH',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'CURL_CA_BUNDLE',
  ],
  ...['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_RUNTIME_DIR'],
  ...[
    'RUNNER_TRACKING_ID',
    'RUNNER_OS',
    'RUNNER_ARCH',
    'RUNNER_TOOL_CACHE',
    'AGENT_TOOLSDIRECTORY',
    'ImageOS',
    'ImageVersion',
  ],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'],
  ...['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL'],
  ...[
    'NODE_OPTIONS',
    'NODE_EXTRA_CA_CERTS',
    'NVM_DIR',
    'NVM_BIN',
    'VOLTA_HOME',
    'PNPM_HOME',
    'BUN_INSTALL',
    'DENO_DIR',
    'COREPACK_*',
  ],
  ...[
    'JAVA_HOME*',
    'JDK_HOME',
    'MAVEN_HOME',
    'GRADLE_HOME',
    'GRADLE_USER_HOME',
    'ANDROID_HOME',
    'ANDROID_SDK_ROOT',
    'ANDROID_NDK*',
    'KOTLIN_HOME',
  ],
  ...[
    'GOROOT*',
    'GOPATH',
    'GOBIN',
    'GOCACHE',
    'GOMODCACHE',
    'GOTOOLCHAIN',
    'CARGO_HOME',
    'RUSTUP_HOME',
    'RUSTUP_TOOLCHAIN',
    'RUSTFLAGS',
  ],
  ...[
    'PYTHONPATH',
    'PYTHONHOME',
    'PYTHONUNBUFFERED',
    'Python*_ROOT_DIR',
    'pythonLocation',
    'VIRTUAL_ENV',
    'CONDA*',
    'PYENV_ROOT',
    'PIPX_*',
    'UV_CACHE_DIR',
  ],
  ...[
    'DOTNET_ROOT*',
    'DOTNET_CLI_HOME',
    'DOTNET_NOLOGO',
    'NUGET_PACKAGES',
    'GEM_HOME',
    'GEM_PATH',
    'RBENV_ROOT',
    'SWIFT_PATH',
    'CHROME_BIN',
    'VCPKG_*',
  ],
]

/** The job's own tokens and the files by which a step steers the job. Never handed on, whatever `pass-env` says. */
export const NEVER = [
  'INPUT_*',
  'STATE_*',
  'ACTIONS_*',
  'GITHUB_ENV',
  'GITHUB_PATH',
  'GITHUB_OUTPUT',
  'GITHUB_STATE',
  'GITHUB_STEP_SUMMARY',
]

/** Not worth a word when withheld: the runner's own, and what every shell sets. */
const UNREMARKABLE = [
  ...[
    'INPUT_*',
    'STATE_*',
    'ACTIONS_*',
    'GITHUB_*',
    'RUNNER_*',
    'CHANT_*',
    'npm_*',
    '_',
    'PWD',
    'OLDPWD',
    'SHLVL',
    'NODE',
    'EDITOR',
    'PAGER',
    'COLOR',
  ],
  ...['LS_COLORS', 'MAIL', 'HOSTNAME', 'INIT_CWD', 'DISPLAY', 'XDG_*', 'LESS*', 'GIT_CONFIG_*'],
]

export interface AgentEnvironment {
  /** Handed to `setup`, agent and `verify`; the `CHANT_*` variables of the worker come on top. */
  readonly env: Readonly<Record<string, string>>
  /** Names worth telling that stay behind, sorted. */
  readonly withheld: readonly string[]
  /** Names that `pass-env` handed on, sorted; their values count as secrets. */
  readonly passed: readonly string[]
}

/** The environment of agents by allow-list. `passEnv` are names and globs of `*`; a protected name is an error. */
export function agentEnvironment(variables: Variables, passEnv: readonly string[]): Result<AgentEnvironment, string> {
  const refused = passEnv.find((pattern) => !pattern.includes('*') && matchesAny(NEVER, pattern))
  if (refused)
    return err(
      `Input \`pass-env\` names ${refused}, which steers or authorises this job and is never handed to an agent. Remove it.`,
    )
  const env: Record<string, string> = {}
  const withheld: string[] = []
  const passed: string[] = []
  for (const [name, value] of Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value === undefined) continue
    if (matchesAny(passEnv, name) && !matchesAny(NEVER, name)) {
      env[name] = value
      passed.push(name)
    } else if (matchesAny(ALLOWED, name)) env[name] = value
    else if (!matchesAny(UNREMARKABLE, name)) withheld.push(name)
  }
  return ok({ env, withheld, passed })
}

/** `*` stands for any run of characters; names are compared case-sensitively. */
export function matchesAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => {
    const [head = '', ...rest] = pattern.split('*')
    if (rest.length === 0) return head === name
    if (!name.startsWith(head)) return false
    let at = head.length
    for (const [index, part] of rest.entries()) {
      const last = index === rest.length - 1
      const found = last && part !== '' ? name.length - part.length : name.indexOf(part, at)
      if (found < at || (last && !name.endsWith(part))) return false
      at = found + part.length
    }
    return true
  })
}

/** What one worker's commands are told. Names and meaning: DESIGN, and chant's own where chant has them. */
export interface WorkerVariables {
  readonly specId: string
  readonly specFile: string
  readonly promptName: string
  readonly promptFile: string
  readonly worktree: string
  readonly branch: string
  /** Undefined = the agent's own. */
  readonly model?: string | undefined
  readonly attempt: number
  readonly timeoutSeconds: number
  readonly token: string
}

export const workerEnvironment = (v: WorkerVariables): Readonly<Record<string, string>> => ({
  CHANT_SPEC_ID: v.specId,
  CHANT_SPEC_FILE: v.specFile,
  CHANT_PROMPT: v.promptName,
  CHANT_PROMPT_FILE: v.promptFile,
  // chant sets this flag to `1` in its own worktrees.
  CHANT_WORKTREE: '1',
  CHANT_WORKTREE_PATH: v.worktree,
  CHANT_BRANCH: v.branch,
  // chant's own name for it, and the first that it looks for.
  ...(v.model !== undefined && { CHANT_MODEL: v.model }),
  CHANT_ATTEMPT: String(v.attempt),
  CHANT_TIMEOUT: String(v.timeoutSeconds),
  CHANT_WORKER_TOKEN: v.token,
})
