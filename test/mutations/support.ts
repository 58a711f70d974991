// SPDX-License-Identifier: MIT
/** Mutations: a base program, an edit of it as a patch mail that goes the whole way, and what must come of it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { structuredPatch } from 'diff';
import { type Generation, textOf, usualGeneration } from '../../src/review/generations';
import type { Review } from '../../src/review/types';
import { root, shared } from '../support/shared';

export interface ShownMutation {
  /** Its number in the catalogue of mutations (FACTS, section 6), and a letter where there are several forms of it. */
  readonly number: number;
  readonly form?: string;
  readonly title: string;
  /** The text of the mail; null where its base is shared material that is missing. */
  readonly mail: () => string | null;
  /**
   * `scenario outcome state` of the findings of level error or warning and those that are absent, in any order: exactly
   * these in the scenarios that are named here. Empty where nothing bad may be found anywhere.
   */
  readonly expected: readonly string[];
}

/** One that the simulation cannot show, and why. */
export interface HiddenMutation {
  readonly number: number;
  readonly form?: string;
  readonly title: string;
  readonly notShown: string;
}

export type Mutation = ShownMutation | HiddenMutation;

/** A place of a text and what it is changed to; every text stands for itself, and must be there. */
export type Edit = readonly [from: string, to: string];

/** A text with some places changed, each the first one that fits. */
export function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((t, [from, to]) => {
    assert.ok(t.includes(from), `nothing to change: ${from}`);
    return t.replace(from, () => to);
  }, text);
}

/**
 * A patch mail that edits a bundled model.
 * @param model its file in `src/models`
 * @param file the kernel's file that the patch names
 * @param generation which of the model's texts is meant
 */
export function inModel(
  model: string,
  file: string,
  edits: readonly Edit[],
  generation: Generation = usualGeneration,
): () => string {
  return () => {
    const before = textOf(readFileSync(path.join(root, 'src/models', model), 'utf8'), generation);
    return mailOf(file, before, edited(before, edits), generation);
  };
}

/** A patch mail that turns one text of a file into another, as git writes it. */
export function mailOf(file: string, before: string, after: string, generation: Generation = usualGeneration): string {
  const { hunks } = structuredPatch(`a/${file}`, `b/${file}`, before, after, '', '', { context: 3 });
  assert.ok(hunks.length > 0, 'the edit changes nothing');
  const old = before.split('\n');
  const rows = hunks.flatMap((h) => {
    const section =
      old.slice(0, h.oldStart - 1).findLast((line) => /^[A-Za-z_$]/.test(line) && !/^\w+:/.test(line)) ?? '';
    return [`@@ -${h.oldStart},${h.oldLines} +${h.newStart},${h.newLines} @@ ${section}`.trimEnd(), ...h.lines];
  });
  // The day after the generation began.
  const date = new Date(Date.parse(generation.since) + 86_400_000).toUTCString().replace('GMT', '+0000');
  return [
    'From: A Developer <developer@example.org>',
    `Date: ${date}`,
    'Subject: [PATCH] x86: change what is changed below',
    'Message-ID: <mutation@example.org>',
    '',
    'One change.',
    '',
    'Signed-off-by: A Developer <developer@example.org>',
    '---',
    `diff --git a/${file} b/${file}`,
    `--- a/${file}`,
    `+++ b/${file}`,
    ...rows,
    '-- ',
    '2.43.0',
    '',
  ].join('\n');
}

/** An edited copy of a seed, by the beginning of its name (`000`); null where the shared material is missing. */
export function inSeed(seed: string, edits: readonly Edit[]): () => string | null {
  const names: Readonly<Record<string, string>> = {
    '000': '000_2f682b0d6d40931e.txt',
    '001': '001_94338a07856e1a5a.txt',
    '004': '004_6c0f7b0da3d61af5.txt',
  };
  return () => {
    const name = names[seed];
    assert.ok(name, `no seed ${seed}`);
    return shared && edited(readFileSync(path.join(shared, 'seeds', name), 'utf8'), edits);
  };
}

/** The same patch the other way round: what it removes is added. Unified diffs with their marks only. */
export function reversed(mail: string): string {
  const lines = mail.split('\n');
  const start = lines.findIndex((line) => line.startsWith('diff --git'));
  return lines
    .map((line, i) => {
      if (i < start || /^(---|\+\+\+|-- $)/.test(line)) return line;
      if (line.startsWith('@@')) return line.replace(/-(\S+) \+(\S+)/, '-$2 +$1');
      return line.startsWith('+') ? `-${line.slice(1)}` : line.startsWith('-') ? `+${line.slice(1)}` : line;
    })
    .join('\n');
}

/** What a review says of a mutation, in the form of `expected`: all findings but notes. */
export function verdictsOf(review: Review): string[] {
  return review.findings
    .filter((f) => f.baselineState === 'absent' || f.level !== 'note')
    .map((f) => `${f.scenario} ${f.ruleId} ${f.baselineState}`);
}

/** The scenarios that a mutation speaks of; none, which stands for all, where nothing bad may be found anywhere. */
export const scenariosOf = ({ expected }: ShownMutation): string[] => [
  ...new Set(expected.map((e) => e.split(' ')[0] ?? '')),
];

/** The findings that `expected` speaks of: of its scenarios, or all that are bad where it is empty. */
export function concerned(verdicts: readonly string[], expected: readonly string[]): string[] {
  const scenarios = new Set(expected.map((e) => e.split(' ')[0]));
  const chosen = verdicts.filter((v) =>
    expected.length > 0 ? scenarios.has(v.split(' ')[0]) : !v.endsWith(' absent'),
  );
  return [...new Set(chosen)].sort();
}
