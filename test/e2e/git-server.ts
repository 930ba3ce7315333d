import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** A git host on loopback that lets nobody in without the token: git's own http-backend behind a small server. */
export interface GitServer extends AsyncDisposable {
  readonly url: string
  /** Requests that came with the token, and those that did not. */
  readonly seen: { readonly welcome: string[]; readonly refused: string[] }
}

/** Serves the repositories below `root` by their paths. The token counts as the password of any user. */
export async function startGitServer(root: string, token: string): Promise<GitServer> {
  const seen = { welcome: [] as string[], refused: [] as string[] }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const [scheme, credentials = ''] = (request.headers.authorization ?? '').split(' ')
    const password = Buffer.from(credentials, 'base64')
      .toString()
      .replace(/^[^:]*:/, '')
    if (scheme?.toLowerCase() !== 'basic' || password !== token) {
      seen.refused.push(pathname)
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
      return
    }
    seen.welcome.push(pathname)
    const answer = await backend(root, pathname, String(searchParams), request)
    const end = answer.indexOf('\r\n\r\n')
    const headers = answer
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200'
    response.writeHead(Number.parseInt(status, 10), Object.fromEntries(headers)).end(answer.subarray(end + 4))
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** One request, by the common gateway interface: git-http-backend(1). */
async function backend(root: string, path: string, query: string, request: IncomingMessage): Promise<Buffer> {
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  })
  // It may have its answer, and be gone, before it has read all.
  child.stdin.on('error', () => undefined)
  request.pipe(child.stdin)
  return await buffer(child.stdout)
}
