import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { BlobStore } from './blob-store.ts'
import { jsonReply, type Reply, twirpError } from './reply.ts'

/**
 * A stand-in for the Actions results service (artifacts, version 4), on loopback: the twirp methods that
 * `@actions/artifact` calls to make an artifact, and the block-blob storage it uploads to.
 */

const SERVICE = '/twirp/github.actions.results.api.v1.ArtifactService/'

/** What goes wrong with a request: an HTTP status, no answer ever, or a connection that is cut. */
export type Fault = { readonly status: number } | 'hang' | 'reset'

export interface ServiceOptions {
  /**
   * Asked at each request, with how many of its kind came before. Kinds are the twirp methods (`CreateArtifact`,
   * `FinalizeArtifact`) and the uploads (`block`, `blocklist`, `blob`).
   */
  readonly fault?: (kind: string, before: number) => Fault | undefined
}

export interface StoredArtifact {
  readonly id: number
  readonly name: string
  /** The zip file. */
  readonly bytes: Buffer
  /** `sha256:<hex>` */
  readonly hash: string
  /** ISO 8601, when the client asked for a retention. */
  readonly expiresAt?: string
}

export interface ArtifactService extends AsyncDisposable {
  readonly url: string
  /** What the runner hands an action so that it finds the service. */
  readonly env: Readonly<Record<string, string>>
  /** Finalized ones, by name. */
  readonly artifacts: ReadonlyMap<string, StoredArtifact>
  /** Kinds of all requests, in order of arrival. */
  readonly requests: readonly string[]
}

/** Starts the service on a free port. It never keeps the process alive by itself; `await using` closes it. */
export async function startArtifactService(options: ServiceOptions = {}): Promise<ArtifactService> {
  const storage = new BlobStore()
  const backend = new Artifacts(storage)
  const requests: string[] = []

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    const target = new URL(request.url ?? '/', `http://${request.headers.host}`)
    const method = target.pathname.startsWith(SERVICE) ? target.pathname.slice(SERVICE.length) : undefined
    const kind = method ?? target.searchParams.get('comp') ?? 'blob'
    const before = requests.filter((seen) => seen === kind).length
    requests.push(kind)

    const fault = options.fault?.(kind, before)
    if (fault === 'hang') return
    if (fault === 'reset') {
      request.socket.destroy()
      return
    }
    const reply = fault
      ? twirpError(fault.status, 'internal', 'injected')
      : method === undefined
        ? storage.request(request.method, target, body)
        : backend.call(method, request.headers.authorization, body, target.origin)
    response.writeHead(reply.status, reply.headers).end(reply.body)
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the service has no port')
  const url = `http://127.0.0.1:${address.port}`

  return {
    url,
    env: {
      ACTIONS_RESULTS_URL: `${url}/`,
      ACTIONS_RUNTIME_TOKEN: backend.token,
      // The client refuses servers that are not GitHub's, and would go through a proxy if one were set.
      GITHUB_SERVER_URL: 'https://github.com',
      NO_PROXY: '127.0.0.1',
    },
    artifacts: backend.artifacts,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The artifacts of one job of one workflow run. */
class Artifacts {
  readonly artifacts = new Map<string, StoredArtifact>()
  readonly token: string
  readonly #run = randomUUID()
  readonly #job = randomUUID()
  readonly #drafts = new Map<string, { readonly id: number; readonly path: string; readonly expiresAt: string }>()
  readonly #storage: BlobStore

  constructor(storage: BlobStore) {
    this.#storage = storage
    this.token = unsignedToken({ scp: `Actions.Results:${this.#run}:${this.#job}` })
  }

  call(method: string, authorization: string | undefined, bytes: Buffer, origin: string): Reply {
    if (authorization !== `Bearer ${this.token}`) return twirpError(401, 'unauthenticated', 'wrong token')
    const body = textFields(bytes)
    if (body('workflow_run_backend_id') !== this.#run || body('workflow_job_run_backend_id') !== this.#job) {
      return twirpError(403, 'permission_denied', 'the token is for another job')
    }
    if (method === 'CreateArtifact') return this.#create(body('name'), body('expires_at'), origin)
    if (method === 'FinalizeArtifact') return this.#finalize(body('name'), body('size'), body('hash'))
    return twirpError(404, 'bad_route', `no method ${method}`)
  }

  #create(name: string, expiresAt: string, origin: string): Reply {
    if (this.#drafts.has(name)) return twirpError(409, 'already_exists', 'this run has an artifact of this name')
    const { path, signature } = this.#storage.create()
    this.#drafts.set(name, { id: 1001 + this.#drafts.size, path, expiresAt })
    return jsonReply(200, { ok: true, signed_upload_url: `${origin}${path}?sig=${signature}` })
  }

  #finalize(name: string, size: string, hash: string): Reply {
    const draft = this.#drafts.get(name)
    const bytes = draft && this.#storage.bytes(draft.path)
    if (!draft || !bytes) return twirpError(404, 'not_found', 'nothing was uploaded under this name')
    const ours = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    if (size !== String(bytes.length)) return twirpError(400, 'invalid_argument', `the size is ${bytes.length}`)
    if (hash !== ours) return twirpError(400, 'invalid_argument', `the hash is ${ours}`)
    const { id, expiresAt } = draft
    this.artifacts.set(name, { id, name, bytes, hash: ours, ...(expiresAt ? { expiresAt } : {}) })
    // 64-bit numbers travel as text.
    return jsonReply(200, { ok: true, artifact_id: String(id) })
  }
}

/** Reads text fields of a JSON body; what is missing or not text is empty. */
function textFields(bytes: Buffer): (name: string) => string {
  const parsed: unknown = JSON.parse(bytes.toString())
  const fields = new Map<string, unknown>(typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [])
  return (name) => {
    const value = fields.get(name)
    return typeof value === 'string' ? value : ''
  }
}

/** Three parts like a real token; the client only reads the middle one. */
function unsignedToken(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.${randomBytes(8).toString('base64url')}`
}
