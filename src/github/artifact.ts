import { randomUUID } from 'node:crypto'
import { access, constants, lstat } from 'node:fs/promises'
import { messageOf } from '../message.ts'
import { err, ok, type Result } from '../result.ts'

/** The variables that decide whether and where an artifact can be kept. `process.env` has this shape. */
export type ArtifactEnv = Readonly<Record<string, string | undefined>>

export interface UploadRequest {
  /**
   * Passed `checkArtifactName`. Where the workflow run has an artifact of this name (another step, another job of the matrix), a number
   * is added to it: artifacts are immutable.
   */
  readonly name: string
  /** Absolute folder; paths inside the artifact are relative to it. */
  readonly root: string
  /** Absolute paths below `root`. What is not a regular file (any more), or not to be read, is left out, and the rest still goes up. */
  readonly files: readonly string[]
  /** Days; the repository's own limit wins. Absent: the repository's default. */
  readonly retentionDays?: number
  readonly env: ArtifactEnv
  /** Milliseconds for everything together. */
  readonly timeoutMs?: number
}

export interface UploadedArtifact {
  readonly id: number
  readonly name: string
  /** Bytes of the zip file. */
  readonly size: number
  /** The artifact's page; absent where the run has none. */
  readonly url?: string
  /** SHA-256 of the zip file in hex. */
  readonly digest?: string
}

/** `message` fits behind `logs not uploaded: `; it has no full stop. */
export type ArtifactProblem =
  /** There is no service to ask: nothing was tried. */
  | { readonly type: 'unavailable'; readonly message: string }
  /** The service refused, broke, or took too long. */
  | { readonly type: 'failed'; readonly message: string }

const THREE_MINUTES = 180_000
/** After so many names that are taken, one that nobody else can have. */
const NAMES = 10

/**
 * Uploads files as one artifact of this workflow run. Never throws, and answers within `timeoutMs` (default 3 minutes)
 * whatever the service does. After a timeout the client may still hold a socket: an entry that wants to end then calls
 * `process.exit`. The client reads its token and address from `process.env`, so `env` must say the same; it writes its
 * progress to stdout.
 */
export async function uploadArtifact(request: UploadRequest): Promise<Result<UploadedArtifact, ArtifactProblem>> {
  const { env, timeoutMs = THREE_MINUTES } = request
  if (!env['ACTIONS_RUNTIME_TOKEN'] || !env['ACTIONS_RESULTS_URL']) {
    return err({ type: 'unavailable', message: 'there is no artifact service here (not on GitHub)' })
  }
  const { promise: late, resolve } = Promise.withResolvers<Result<UploadedArtifact, ArtifactProblem>>()
  const seconds = Math.round(timeoutMs / 1000)
  const message = `the artifact service did not finish within ${seconds} s`
  const timer = setTimeout(() => resolve(err({ type: 'failed', message })), timeoutMs)
  try {
    return await Promise.race([upload(request), late])
  } finally {
    clearTimeout(timer)
  }
}

async function upload(request: UploadRequest): Promise<Result<UploadedArtifact, ArtifactProblem>> {
  const files = await regularFiles(request.files)
  if (files.length === 0) return err({ type: 'failed', message: 'there is no file to upload' })
  for (let number = 1; ; number++) {
    const last = number > NAMES
    const ending = number === 1 ? '' : last ? `-${randomUUID().slice(0, 8)}` : `-${number}`
    const uploaded = await uploadAs(`${request.name}${ending}`, files, request)
    if (uploaded.ok || last || !isTaken(uploaded.error)) return uploaded
  }
}

async function uploadAs(
  name: string,
  files: string[],
  { root, retentionDays, env }: UploadRequest,
): Promise<Result<UploadedArtifact, ArtifactProblem>> {
  try {
    // Loaded only now: the client and what it needs cost more than half of the action's start.
    const { DefaultArtifactClient } = await import('@actions/artifact')
    const options = retentionDays === undefined ? {} : { retentionDays }
    const { id, size, digest } = await new DefaultArtifactClient().uploadArtifact(name, files, root, options)
    if (id === undefined) return err({ type: 'failed', message: 'the artifact service gave no id for the artifact' })
    const url = artifactUrl(env, id)
    return ok({ id, name, size: size ?? 0, ...(url ? { url } : {}), ...(digest ? { digest } : {}) })
  } catch (error) {
    return err({ type: 'failed', message: firstLine(error) })
  }
}

/** `Failed to CreateArtifact: … Failed request: (409) Conflict: an artifact with this name already exists on the workflow run` */
const isTaken = ({ message }: ArtifactProblem): boolean => /CreateArtifact.*\(409\)/.test(message)

/** Attempts of a run keep what the ones before uploaded, so each has a name of its own. */
export const artifactName = (name: string, attempt: string | undefined): string =>
  attempt === undefined || attempt === '' || attempt === '1' ? name : `${name}-attempt-${attempt.replace(/\D/g, '')}`

/**
 * One missing file would make the client refuse all of them, at one that it may not read it throws where nobody can catch it, and it
 * follows symbolic links wherever they lead.
 */
async function regularFiles(paths: readonly string[]): Promise<string[]> {
  const isFile = await Promise.all(
    paths.map((path) =>
      Promise.all([lstat(path), access(path, constants.R_OK)]).then(
        ([stats]) => stats.isFile(),
        () => false,
      ),
    ),
  )
  return paths.filter((_, index) => isFile[index])
}

function artifactUrl(env: ArtifactEnv, id: number): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}/artifacts/${id}` : undefined
}

const firstLine = (error: unknown): string => {
  const text = messageOf(error)
  return text.split('\n', 1)[0]?.trim() || 'the upload failed without a reason'
}

/** What the service refuses in a name, so that every artifact can be unpacked on every file system. */
const REFUSED = /["<>|*?:\\/\r\n]/

/** Says why the service would refuse `name`, in words that fit behind the name of the input. */
export function checkArtifactName(name: string): Result<string, string> {
  if (name.trim() === '') return err('is empty: expected a name for the artifact')
  const found = REFUSED.exec(name)?.[0]
  if (found === undefined) return ok(name)
  const shown = found === '\n' || found === '\r' ? 'a line break' : found
  return err(`contains ${shown}: an artifact's name has none of " : < > | * ? \\ / and no line break`)
}
