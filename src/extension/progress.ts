// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import type { Progress } from '../review/types';

/** What runs under a progress notification. */
export interface Task {
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

/** Runs work under a notification with a cancel button. */
export function withCancel<T>(title: string, work: (task: Task) => Promise<T>): Thenable<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (report, token) => {
    const abort = new AbortController();
    const listener = token.onCancellationRequested(() => abort.abort());
    let shown = 0;
    const progress = ({ message, fraction }: Progress): void => {
      const increment = Math.max(Math.min(fraction, 1) * 100 - shown, 0);
      shown += increment;
      report.report({ message, increment });
    };
    try {
      if (token.isCancellationRequested) abort.abort();
      return await work({ signal: abort.signal, progress });
    } finally {
      listener.dispose();
    }
  });
}
