// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';

const patienceMs = 60_000;

describe('the user’s own scenarios in the worker of web extensions', () => {
  it('are read from the workspace, and what is wrong is shown in the file', async function () {
    this.timeout(2 * patienceMs);
    const root = vscode.workspace.workspaceFolders?.[0]?.uri;
    if (!root) throw new Error('there is no workspace');
    const folder = vscode.Uri.joinPath(root, '.kernel-patch-review');
    const uri = vscode.Uri.joinPath(folder, 'scenarios', 'mine.c');
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('int x;\n\nint y = ;\n'));
    try {
      const end = Date.now() + patienceMs;
      let said: readonly vscode.Diagnostic[] = [];
      while (said.length === 0) {
        if (Date.now() > end) throw new Error('nothing is said of the file');
        await new Promise((resolve) => setTimeout(resolve, 100));
        said = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'kernel-patch-review');
      }
      const lines = said.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
      if (lines.length !== 1 || !/^3: .* is not C that can be parsed; the file is left out$/.test(lines[0] ?? ''))
        throw new Error(lines.join('\n'));
    } finally {
      await vscode.workspace.fs.delete(folder, { recursive: true });
    }
  });
});
