import { execFileSync } from 'node:child_process'

/** Variables of a step; an undefined value takes one away. */
export type Variables = Readonly<Record<string, string | undefined>>

/** INPUT_* as the runner makes them: names in upper case with spaces as `_`, dashes kept. */
export const inputVariables = (inputs: Readonly<Record<string, string>>): Variables =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  )

export interface Place {
  readonly workspace: string
  readonly home: string
  readonly temp: string
  readonly eventPath: string
  readonly trackingId: string
}

/** A job on a push to the branch that the workspace has checked out. Nothing of our own environment but PATH and LANG. */
export function jobVariables({ workspace, home, temp, eventPath, trackingId }: Place): Variables {
  const ref = git(workspace, 'symbolic-ref', '-q', 'HEAD') ?? 'refs/heads/main'
  return {
    PATH: process.env['PATH'],
    LANG: process.env['LANG'] ?? 'C.UTF-8',
    HOME: home,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__self',
    GITHUB_ACTOR: 'octocat',
    GITHUB_API_URL: 'https://api.github.com',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql',
    GITHUB_JOB: 'chant',
    GITHUB_REF: ref,
    GITHUB_REF_NAME: ref.replace(/^refs\/(heads|tags)\//, ''),
    GITHUB_REF_TYPE: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    GITHUB_REPOSITORY: 'octocat/hello',
    GITHUB_REPOSITORY_OWNER: 'octocat',
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '1',
    GITHUB_RUN_NUMBER: '1',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: git(workspace, 'rev-parse', '-q', '--verify', 'HEAD') ?? '0'.repeat(40),
    GITHUB_WORKFLOW: 'chant',
    GITHUB_WORKSPACE: workspace,
    RUNNER_ARCH: process.arch === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_ENVIRONMENT: 'self-hosted',
    RUNNER_NAME: 'stand-in',
    RUNNER_OS: process.platform === 'darwin' ? 'macOS' : 'Linux',
    RUNNER_TEMP: temp,
    RUNNER_TRACKING_ID: trackingId,
  }
}

/** What git says about a folder, or nothing where it is no repository. */
function git(folder: string, ...args: string[]): string | undefined {
  try {
    const argv = ['-c', 'safe.directory=*', '-C', folder, ...args]
    return execFileSync('git', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}
