// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import type { Level } from '../review/types';
import { source } from './diagnostics';
import { rangeOf } from './documents';
import { messageOf } from './guard';
import { EngineStopped, type ReviewClient } from './reviewClient';
import type { WorkspaceFiles } from './workspaceFiles';

const severities: Readonly<Record<Level, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  note: vscode.DiagnosticSeverity.Information,
};

/** Keeps the problems of the user's own models and scenarios, in these files. Starts the engine only where there are such files. */
export function registerFileDiagnostics(
  client: ReviewClient,
  files: WorkspaceFiles,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection(`${source}.files`);
  let latest = 0;

  async function update(): Promise<void> {
    const own = ++latest;
    const notices = (await files.get()).length > 0 ? await client.fileNotices() : [];
    if (own !== latest) return;
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const { level, message, place } of notices) {
      if (place === null) continue;
      const diagnostic = new vscode.Diagnostic(rangeOf(place), message, severities[level]);
      diagnostic.source = source;
      byFile.set(place.file, [...(byFile.get(place.file) ?? []), diagnostic]);
    }
    collection.clear();
    for (const [name, diagnostics] of byFile) {
      const uri = files.uriOf(name);
      if (uri) collection.set(uri, diagnostics);
    }
  }

  /** An engine that was stopped for something else is asked once more. */
  function start(again: boolean): void {
    update().catch((error: unknown) => {
      if (again && error instanceof EngineStopped) start(false);
      else log.error(messageOf(error));
    });
  }
  start(true);
  return vscode.Disposable.from(
    collection,
    files.onDidChange(() => start(true)),
  );
}
