/**
 * For a git that a test calls. From 2.47 on a commit leaves a process behind it that goes on in the repository, with a lock that comes and
 * goes, while the test looks at its files, copies them or removes them.
 */
export const NO_MAINTENANCE = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'maintenance.auto',
  GIT_CONFIG_VALUE_0: 'false',
} as const
