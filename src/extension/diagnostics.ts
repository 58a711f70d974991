// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { groupFindings } from '../review/people';
import type { Finding, Level, Notice, Review } from '../review/types';
import { shortened } from '../review/wording';
import { rangeOf } from './documents';
import type { ReviewController } from './reviewController';
import { ruleUri } from './virtualDocuments';
import { byRank, diagnosticText } from './wording';

/** Of all diagnostics. */
export const source = 'kernel-patch-review';

const severity = vscode.DiagnosticSeverity;
const severities: Readonly<Record<Level, vscode.DiagnosticSeverity>> = {
  error: severity.Error,
  warning: severity.Warning,
  note: severity.Information,
};
/** What was not analysed is never an error of the patch. */
const noticeSeverities: Readonly<Record<Level, vscode.DiagnosticSeverity>> = {
  error: severity.Warning,
  warning: severity.Warning,
  note: severity.Information,
};

/**
 * Keeps the problems of all reviewed documents: there as soon as a review finds them, and while it holds; gone as soon as
 * the document changes.
 */
export function registerDiagnostics(reviews: ReviewController): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection(source);
  const listener = reviews.onDidChange((uri) => {
    const known = reviews.get(uri);
    if (known?.problem) collection.set(uri, [problemDiagnostic(known.problem)]);
    else if (known && known.early.length > 0) collection.set(uri, findingDiagnostics(uri, known.early));
    else if (known?.review && !known.stale) collection.set(uri, diagnosticsOf(uri, known.review));
    else collection.delete(uri);
  });
  return vscode.Disposable.from(listener, collection);
}

function diagnosticsOf(uri: vscode.Uri, review: Review): vscode.Diagnostic[] {
  const findings = findingDiagnostics(uri, review.findings);
  // A mail without a patch is nothing to be warned of.
  const shown = (notice: Notice): Notice => (review.patches === 0 ? { ...notice, level: 'note' } : notice);
  const notices = review.notices.flatMap((notice) => noticeDiagnostic(shown(notice)) ?? []);
  return [...findings, ...notices];
}

const findingDiagnostics = (uri: vscode.Uri, findings: readonly Finding[]): vscode.Diagnostic[] =>
  groupFindings(byRank(findings)).map((group) => findingDiagnostic(uri, group));

function findingDiagnostic(uri: vscode.Uri, group: readonly Finding[]): vscode.Diagnostic {
  const finding = group.reduce((a, b) => (b.traceLength < a.traceLength ? b : a));
  const shown = finding.baselineState === 'absent' ? severity.Information : severities[finding.level];
  const diagnostic = new vscode.Diagnostic(rangeOf(finding.place), diagnosticText(group), shown);
  diagnostic.source = source;
  diagnostic.code = { value: finding.ruleId, target: ruleUri(finding.ruleId) };
  diagnostic.relatedInformation = finding.related.map(
    ({ place, text }) => new vscode.DiagnosticRelatedInformation(new vscode.Location(uri, rangeOf(place)), text),
  );
  return diagnostic;
}

function noticeDiagnostic({ level, message, place }: Notice): vscode.Diagnostic | null {
  if (place === null || place.file !== 'document') return null;
  const diagnostic = new vscode.Diagnostic(rangeOf(place), shortened(message), noticeSeverities[level]);
  diagnostic.source = source;
  return diagnostic;
}

function problemDiagnostic(message: string): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(new vscode.Range(0, 0, 0, 0), message, severity.Information);
  diagnostic.source = source;
  return diagnostic;
}
