/** Accounts and the app as GitHub shows them in its answers. */

const GITHUB = 'https://github.com'
const API = 'https://api.github.com'

export interface Account {
  readonly id: number
  readonly login: string
  readonly type: 'Bot' | 'User'
}

/** Whoever writes with the token of a job. */
export const ACTIONS_BOT: Account = { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' }

/** People and apps that are nobody's token. */
export const MALLORY: Account = { id: 666, login: 'mallory', type: 'User' }
export const OTHER_BOT: Account = { id: 29_139_614, login: 'renovate[bot]', type: 'Bot' }
/** Somebody who has given the workflow a token of their own. */
export const OCTOCAT: Account = { id: 583_231, login: 'octocat', type: 'User' }

export function user({ id, login, type }: Account) {
  const api = `${API}/users/${encodeURIComponent(login)}`
  return {
    login,
    id,
    node_id: 'MDM6Qm90NDE4OTgyODI=',
    avatar_url: `${GITHUB}/avatar.png`,
    gravatar_id: '',
    url: api,
    html_url: `${GITHUB}/${encodeURIComponent(login)}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following`,
    gists_url: `${api}/gists`,
    starred_url: `${api}/starred`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events`,
    received_events_url: `${api}/received_events`,
    type,
    site_admin: false,
  }
}

/** The app that a job's token belongs to. */
export const actionsApp = () => ({
  id: 15_368,
  slug: 'github-actions',
  node_id: 'MDM6QXBwMTUzNjg=',
  owner: user({ id: 9_919, login: 'github', type: 'User' }),
  name: 'GitHub Actions',
  description: null,
  external_url: `${GITHUB}/features/actions`,
  html_url: `${GITHUB}/apps/github-actions`,
  created_at: '2018-07-30T09:30:17Z',
  updated_at: '2024-01-01T00:00:00Z',
  permissions: { checks: 'write', contents: 'read', issues: 'write' },
  events: [],
})
