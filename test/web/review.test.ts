// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';

describe('a review in the worker of web extensions', () => {
  it('finds on the sample mail what it finds elsewhere', async () => {
    const extension = vscode.extensions.getExtension('kernel-patch-review.kernel-patch-review');
    if (!extension) throw new Error('the extension is not known');
    const sample = vscode.Uri.joinPath(extension.extensionUri, 'media', 'samples', 'guest-kexec.eml');
    const content = new TextDecoder().decode(await vscode.workspace.fs.readFile(sample));
    const document = await vscode.workspace.openTextDocument({ language: 'kernel-mail', content });
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('kernelPatchReview.review');

    const found = vscode.languages.getDiagnostics(document.uri);
    const errors = found.filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
    const lines = errors.map(({ range }) => document.lineAt(range.start.line).text.trim());
    if (!lines.some((line) => /^\+\s*barrier\(\);$/.test(line))) {
      throw new Error(`errors at: ${JSON.stringify(lines)}; all: ${found.map(({ message }) => message).join('; ')}`);
    }
  });
});
