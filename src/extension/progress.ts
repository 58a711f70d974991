// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import type { Progress } from '../review/types';
import { messageOf } from './guard';
import { Cancelled } from './reviewClient';

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

/** Says of a command that did not come to its end whether it was cancelled, or else why. */
export function tellFailure(error: unknown): void {
  if (error instanceof Cancelled) vscode.window.setStatusBarMessage('Kernel Patch Review: cancelled', 5000);
  else void vscode.window.showErrorMessage(messageOf(error));
}
