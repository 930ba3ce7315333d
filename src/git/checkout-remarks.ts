import type { WorkspaceRepository } from './workspace-repository.ts'

/** What worktrees made from `base` will lack, and how to get it: a sentence each. */
export async function remarksOnCheckout(workspace: WorkspaceRepository, base: string): Promise<readonly string[]> {
  const [modules, attributes] = await Promise.all(
    ['.gitmodules', '.gitattributes'].map((name) =>
      workspace.git(['cat-file', 'blob', `${base}:${name}`], { gitDir: workspace.gitDir }),
    ),
  )
  const remarks: string[] = []
  if (modules?.ok)
    remarks.push(
      'This repository has submodules; the worktrees of agents hold them empty. `setup: git submodule update --init` fills them.',
    )
  if (attributes?.ok && /\bfilter=lfs\b/.test(attributes.value.stdout))
    remarks.push(
      'This repository has Git LFS files; the worktrees of agents hold their pointers. `setup: git lfs checkout` fills those that the checkout has.',
    )
  return remarks
}
