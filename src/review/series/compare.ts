// SPDX-License-Identifier: MIT
/** Two versions of a series, or of a patch: which findings are gone, which are new, which are still there. */

import { groupFindings, listed, scenarioOf } from '../people';
import type { Finding } from '../types';

/** The findings of one version, and the lines of the document that they stand in. */
export interface Version {
  /** How people call it: `v5`, or the name of its file. */
  readonly name: string;
  /** What stands in front of its line numbers. */
  readonly file: string;
  readonly lines: readonly string[];
  readonly findings: readonly Finding[];
}

/** A finding of both versions. */
export interface Pair {
  readonly before: Finding;
  readonly after: Finding;
}

/** What the later version comes to beside the earlier one; fixes apart from problems. */
export interface VersionComparison {
  readonly problems: Compared;
  readonly fixes: Compared;
}

export interface Compared {
  readonly gone: readonly Finding[];
  readonly new: readonly Finding[];
  readonly still: readonly Pair[];
}

/**
 * Compares two versions. Findings are the same by scenario, subject and outcome, and by the text of the line that
 * decides, its white space apart; where that line was written anew, by the first three. What a patch has nothing to do
 * with is left out.
 */
export function compareVersions(before: Version, after: Version): VersionComparison {
  const of = (isFix: boolean): Compared => {
    const wanted = ({ baselineState, unrelated }: Finding): boolean =>
      !unrelated && (baselineState === 'absent') === isFix;
    return matched(before, after, wanted);
  };
  return { problems: of(false), fixes: of(true) };
}

function matched(before: Version, after: Version, wanted: (finding: Finding) => boolean): Compared {
  const old = new Set(before.findings.filter(wanted));
  const fresh = new Set(after.findings.filter(wanted));
  const still: Pair[] = [];
  for (const withLine of [true, false]) {
    const open = new Map<string, Finding[]>();
    for (const finding of old) {
      const key = keyOf(before, finding, withLine);
      open.set(key, [...(open.get(key) ?? []), finding]);
    }
    for (const finding of [...fresh]) {
      const match = open.get(keyOf(after, finding, withLine))?.shift();
      if (match === undefined) continue;
      old.delete(match);
      fresh.delete(finding);
      still.push({ before: match, after: finding });
    }
  }
  const byLine = (a: Finding, b: Finding): number => a.place.line - b.place.line;
  return {
    gone: [...old].sort(byLine),
    new: [...fresh].sort(byLine),
    still: still.sort((a, b) => byLine(a.after, b.after)),
  };
}

function keyOf({ lines }: Version, finding: Finding, withLine: boolean): string {
  const { scenario, subject = '', ruleId } = finding;
  return [scenario, subject, ruleId, ...(withLine ? [bareLine(lines, finding)] : [])].join('\n');
}

/** The text of the line that decides, without quote marks, the mark of its row, and white space. */
function bareLine(lines: readonly string[], { place }: Finding): string {
  return (lines[place.line - 1] ?? '').slice(place.column - 1).replace(/\s+/g, '');
}

/** For people: what is gone, new and still there, each with the line that decides. */
export function compareText(before: Version, after: Version): string {
  const { problems, fixes } = compareVersions(before, after);
  const count = (number: number, words: string): string => `${number} ${words}`;
  const out = [
    `${after.name} beside ${before.name}: ${[
      count(problems.gone.length, 'gone'),
      count(problems.new.length, 'new'),
      count(problems.still.length, 'still there'),
    ].join(', ')}; ${[
      count(fixes.gone.length, 'no longer fixed'),
      count(fixes.new.length, 'fixed only now'),
      count(fixes.still.length, 'fixed as before'),
    ].join(', ')}`,
  ];
  const tell = (
    title: string,
    version: Version,
    findings: readonly Finding[],
    also: ReadonlyMap<Finding, Finding>,
  ): void => {
    if (findings.length === 0) return;
    out.push('', `${title}:`);
    for (const group of groupFindings(findings)) {
      const [first] = group;
      if (first === undefined) continue;
      const old = also.get(first);
      const where = `${version.file}:${first.place.line}${old ? ` (${before.file === version.file ? 'line ' : `${before.file}:`}${old.place.line})` : ''}`;
      const level = first.baselineState === 'absent' ? 'fixed' : first.level;
      out.push(`  ${where}: ${level}: ${first.ruleId} in ${listed(group.map(scenarioOf))}: ${first.short}`);
      out.push(`      ${(version.lines[first.place.line - 1] ?? '').slice(0, 200)}`);
    }
  };
  const pairs = (compared: Compared): ReadonlyMap<Finding, Finding> =>
    new Map(compared.still.map((pair) => [pair.after, pair.before]));
  const none = new Map<Finding, Finding>();
  tell('Gone', before, problems.gone, none);
  tell('New', after, problems.new, none);
  tell('Still there', after, [...pairs(problems).keys()], pairs(problems));
  tell('No longer fixed', before, fixes.gone, none);
  tell('Fixed only now', after, fixes.new, none);
  tell('Fixed as before', after, [...pairs(fixes).keys()], pairs(fixes));
  return `${out.join('\n')}\n`;
}
