// SPDX-License-Identifier: MIT
/** Small edits of a patch that were simulated: each a code action that shows the changed patch beside the mail. */

import * as vscode from 'vscode';
import type { Review } from '../review/types';
import { applyEdits } from '../review/whatIf/applyEdits';
import { showWhatIfCommand } from './commands';
import type { ReviewController } from './reviewController';
import { whatIfTitle } from './wording';

/** The scheme of the changed patches. */
const scheme = 'kernel-patch-review-what-if';

/** So many changed patches are kept; of older ones a reopened editor says so. */
const mostKept = 20;

/** What the command is given: the edit by the finding and its place among that finding's. */
interface Wanted {
  readonly document: string;
  readonly finding: number;
  readonly index: number;
}

/** Offers what-ifs at the lines of their findings, and at those that they change. The mail itself is never changed. */
export function registerWhatIfs(reviews: ReviewController): vscode.Disposable {
  /** Changed patches by the address of their document: the mail may change, they stay what was simulated. */
  const texts = new Map<string, string>();
  let count = 0;

  async function show({ document, finding, index }: Wanted): Promise<void> {
    const uri = vscode.Uri.parse(document);
    const known = reviews.get(uri);
    const whatIf = known?.stale ? undefined : known?.review?.findings[finding]?.whatIfs?.[index];
    if (!whatIf) {
      void vscode.window.showInformationMessage('The document has changed since: review it again.');
      return;
    }
    const original = await vscode.workspace.openTextDocument(uri);
    const name = uri.path.replace(/^.*\//, '');
    const changed = vscode.Uri.from({ scheme, path: `/${++count}/${name}` });
    texts.set(changed.toString(), applyEdits(original.getText(), whatIf.edits));
    for (const old of [...texts.keys()].slice(0, -mostKept)) texts.delete(old);
    await vscode.commands.executeCommand('vscode.diff', uri, changed, `${name}: what if, simulated: ${whatIf.text}`);
  }

  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: (uri) =>
        texts.get(uri.toString()) ?? 'This changed patch is not kept any more: ask for it again at its finding.\n',
    }),
    vscode.commands.registerCommand(showWhatIfCommand, show),
    vscode.languages.registerCodeActionsProvider(
      '*',
      {
        provideCodeActions(document, range) {
          const known = reviews.get(document.uri);
          if (!known?.review || known.stale) return [];
          return actionsOf(document.uri, known.review, range);
        },
      },
      { providedCodeActionKinds: [kind] },
    ),
  );
}

/** Not a quick fix: nothing is changed. */
const kind = vscode.CodeActionKind.Empty.append('kernelPatchReview.whatIf');

function actionsOf(uri: vscode.Uri, review: Review, range: vscode.Range): vscode.CodeAction[] {
  const titles = new Set<string>();
  const isHere = (line: number): boolean => line - 1 >= range.start.line && line - 1 <= range.end.line;
  return review.findings.flatMap(({ ruleId, place, whatIfs = [] }, finding) =>
    whatIfs.flatMap((whatIf, index) => {
      const title = whatIfTitle(ruleId, whatIf);
      if (titles.has(title) || ![place.line, whatIf.place.line].some(isHere)) return [];
      titles.add(title);
      const action = new vscode.CodeAction(title, kind);
      const wanted: Wanted = { document: uri.toString(), finding, index };
      action.command = { command: showWhatIfCommand, title, arguments: [wanted] };
      return [action];
    }),
  );
}
