/**
 * Every key that chant (v0.23) reads from its configuration or that its documentation or an older version of it put
 * there. What this action does with each is said in docs/config.md; a test compares. `[]` is an item of a list, `*` a name of
 * the project's own, and what lies below the last part is not looked at.
 */
export const CONFIG_KEYS: readonly string[] = [
  ...below('project', 'name', 'prefix', 'silent'),
  ...below('defaults', 'prompt', 'branch_prefix', 'model', 'split_model', 'main_branch', 'provider'),
  ...below('defaults', 'rotation_strategy', 'prompt_extensions'),
  ...below('providers.ollama', 'endpoint', 'max_retries', 'retry_delay_ms'),
  ...below('providers.openai', 'endpoint', 'max_retries', 'retry_delay_ms'),
  ...below('parallel', 'agents', 'stagger_delay_ms', 'stagger_jitter_ms'),
  ...below('parallel.agents[]', 'name', 'command', 'max_concurrent', 'weight'),
  // Ours: chant's accounts are commands that know their key themselves.
  ...below('parallel.agents[]', 'agent', 'model', 'pass_env'),
  ...below('repos[]', 'name', 'path'),
  ...below('enterprise', 'required', 'derived'),
  ...below('enterprise.derived.*', 'from', 'pattern', 'validate'),
  ...below('approval', 'rejection_action', 'require_approval_for_agent_work'),
  ...below('validation', 'strict_output_validation'),
  ...below('site', 'output_dir', 'base_url', 'title'),
  ...below('site.include', 'statuses', 'labels'),
  ...below('site.exclude', 'labels', 'fields'),
  ...below('site.features', 'changelog', 'dependency_graph', 'timeline', 'status_indexes', 'label_indexes'),
  ...below('site.graph', 'detail'),
  ...below('site.timeline', 'group_by', 'include_pending'),
  ...below('lint', 'disable'),
  ...below('lint.thresholds', 'complexity_criteria', 'complexity_files', 'complexity_words'),
  ...below('lint.thresholds', 'simple_criteria', 'simple_files', 'simple_words'),
  ...below('watch', 'poll_interval_ms', 'idle_timeout_minutes'),
  ...below('watch.failure', 'max_retries', 'retry_delay_ms', 'backoff_multiplier'),
  ...below('watch.failure', 'retryable_patterns', 'on_permanent_failure'),
]

/** Keys that chant's own documentation shows, or that `chant init` of an older version wrote, and that chant ignores. */
export const IGNORED_KEYS: readonly string[] = [
  ...below('defaults', 'create_branch', 'branch', 'pr'),
  'parallel.cleanup',
  'schema',
  'scale',
  'site.description',
  'version',
]

function below(section: string, ...names: readonly string[]): readonly string[] {
  return names.map((name) => `${section}.${name}`)
}

/** The known keys as a tree. Where a part has no children, looking ends. */
export interface KeyTree {
  /** By name; `[]` for the items of a list, `*` for any name. */
  readonly children: ReadonlyMap<string, KeyTree>
}

export function keyTree(paths: readonly string[]): KeyTree {
  interface Growing extends KeyTree {
    readonly children: Map<string, Growing>
  }
  const root: Growing = { children: new Map() }
  for (const path of paths) {
    let at = root
    for (const part of path.replaceAll('[]', '.[]').split('.').filter(Boolean)) {
      const child = at.children.get(part) ?? { children: new Map() }
      at.children.set(part, child)
      at = child
    }
  }
  return root
}
