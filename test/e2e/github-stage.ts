import type { StoredCheckRun } from '../github-server/check-runs.ts'
import { type GithubServer, type GithubServerOptions, startGithubServer } from '../github-server/server.ts'
import { type Finished, finish, Scene, type SceneSetup, type Start } from './scene.ts'

/** The only token that the GitHub of a stage knows. */
export const TOKEN = 'ghs_0123456789abcdefABCDEF'

/** A scene and the GitHub that its runs write to. */
export class Stage implements AsyncDisposable {
  readonly scene: Scene
  readonly github: GithubServer

  private constructor(scene: Scene, github: GithubServer) {
    this.scene = scene
    this.github = github
  }

  static async open(setup: SceneSetup, options: GithubServerOptions = {}): Promise<Stage> {
    return new Stage(new Scene(setup), await startGithubServer({ token: TOKEN, ...options }))
  }

  /** `Scene.start` adds `checks: off` where nothing else is asked for. */
  start(inputs: Readonly<Record<string, string>>, { env, ...more }: Start = {}) {
    const job = { ...this.github.env, ...env }
    return this.scene.start({ checks: 'auto', ...inputs }, { token: TOKEN, env: job, ...more })
  }

  async run(inputs: Readonly<Record<string, string>>, more?: Start): Promise<Finished> {
    return await finish(await this.start(inputs, more))
  }

  check(specId: string): StoredCheckRun {
    const found = this.github.checkRuns.filter(({ externalId }) => externalId === specId)
    const [only] = found
    if (!only || found.length > 1) throw new Error(`${found.length} check runs of ${specId}`)
    return only
  }

  isAt(specId: string, status: string): boolean {
    return this.github.checkRuns.some((check) => check.externalId === specId && check.status === status)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.scene[Symbol.asyncDispose]()
    await this.github[Symbol.asyncDispose]()
  }
}

/** A pull request whose one commit adds every spec; checkout has put GitHub's merge commit there. */
export function pullRequest(scene: Scene, specs: Readonly<Record<string, string>>) {
  const base = scene.git('rev-parse', 'HEAD')
  for (const [id, text] of Object.entries(specs)) scene.writeSpec(id, text)
  const head = scene.commit('Specs to work')
  const merge = scene.commit('Merge of head and base')
  const event = {
    pull_request: {
      number: 7,
      head: { sha: head, ref: 'feature', repo: { full_name: 'octocat/hello' } },
      base: { sha: base, ref: 'main', repo: { full_name: 'octocat/hello' } },
    },
  }
  const env = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: 'refs/pull/7/merge', GITHUB_SHA: merge }
  return { head, start: { event, env } }
}
