// SPDX-License-Identifier: MIT
/**
 * Reviews as SARIF 2.1.0: one result for each finding, one thread flow for each agent, and in the properties of the run
 * the hunks that ran without a finding. What the patch removes is a result of kind `pass`, level `none`;
 * what a mail without code names, one of kind `informational`.
 */

import { changedValue } from './changedValue';
import { outcomes } from './outcomes';
import type { Finding, Notice, Place, Replay, ReplaySide, ReplayStep, Review, WhatIf } from './types';
import { wordWhatIf } from './wording';

/** A document and what its review gave. `uri` is how results name the document. */
export interface ReviewedFile {
  readonly uri: string;
  readonly review: Review;
}

/**
 * One SARIF log with one run for all files. The same input gives the same bytes.
 * @param version of the tool
 */
export function toSarif(files: readonly ReviewedFile[], version: string): object {
  const ruleIds = Object.keys(outcomes) as (keyof typeof outcomes)[];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'kernel-patch-review',
            version,
            informationUri: 'https://github.com/kernel-patch-review/kernel-patch-review',
            rules: ruleIds.map((id) => ({
              id,
              shortDescription: { text: id },
              fullDescription: { text: `${outcomes[id][1].charAt(0).toUpperCase()}${outcomes[id][1].slice(1)}.` },
              help: {
                text: `${outcomes[id][1]}. The replay names the rule of the machine that applied and its source.`,
              },
              defaultConfiguration: { level: outcomes[id][0] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: files.every((f) => !f.review.partial),
            // What is said of the user's own files is the same for all documents.
            toolExecutionNotifications: [
              ...new Map(files.flatMap((f) => f.review.notices.map((n) => [n, f.uri] as const))),
            ].map(([notice, uri]) => notification(uri, notice)),
          },
        ],
        results: files.flatMap((f) =>
          f.review.findings.map((finding) => result(f.uri, finding, ruleIds.indexOf(finding.ruleId))),
        ),
        properties: {
          clean: files.flatMap((f) =>
            f.review.hunks
              .filter((h) => h.findings.length === 0)
              .map((h) => ({
                ...(files.length > 1 ? { uri: f.uri } : {}),
                line: h.line,
                scenarios: h.scenarios,
                states: h.states,
              })),
          ),
        },
      },
    ],
  };
}

function result(uri: string, f: Finding, ruleIndex: number): object {
  const passes = f.baselineState === 'absent';
  // The mail only names what ran.
  const isOffer = f.confidence === 'prose';
  const side = passes ? f.replay.before : f.replay.after;
  return {
    ruleId: f.ruleId,
    ruleIndex,
    kind: passes ? 'pass' : isOffer ? 'informational' : 'fail',
    level: passes || isOffer ? 'none' : f.level,
    baselineState: f.baselineState,
    message: { text: f.message },
    locations: [{ physicalLocation: physical(uri, f.place) }],
    relatedLocations: f.related.map((r, id) => ({
      id,
      physicalLocation: physical(uri, r.place),
      message: { text: r.text },
    })),
    ...(side && side.steps.length > 0 ? { codeFlows: [codeFlow(uri, side, f.replay)] } : {}),
    ...(f.whatIfs ? { fixes: f.whatIfs.map((whatIf) => fix(uri, whatIf)) } : {}),
    properties: {
      scenario: f.scenario,
      ...(f.subject === undefined ? {} : { subject: f.subject }),
      ...(f.patch === undefined ? {} : { patch: f.patch }),
      ...(f.unrelated === undefined ? {} : { unrelated: true }),
      confidence: f.confidence,
      assumptions: f.assumptions,
      bounds: f.bounds,
      machine: f.machine,
      portable: f.portable,
      traceLength: f.traceLength,
      cpuSwitches: f.cpuSwitches,
    },
  };
}

function physical(uri: string, place: Place): object {
  return {
    artifactLocation: { uri: place.file === 'document' ? uri : encodeURI(place.file) },
    region: region(place),
  };
}

const region = ({ line, column, endLine, endColumn }: Place): object => ({
  startLine: line,
  startColumn: column,
  endLine,
  endColumn,
});

/** A small edit of the mail's own lines; what it gives is a patch. */
function fix(uri: string, whatIf: WhatIf): object {
  return {
    description: { text: wordWhatIf(whatIf) },
    artifactChanges: [
      {
        artifactLocation: { uri },
        replacements: whatIf.edits.map(({ place, text }) => ({
          deletedRegion: region(place),
          ...(text === '' ? {} : { insertedContent: { text } }),
        })),
      },
    ],
  };
}

function codeFlow(uri: string, side: ReplaySide, replay: Replay): object {
  return {
    message: { text: `${replay.scenario}: ${side.summary}` },
    threadFlows: side.agents.flatMap((agent, index) => {
      const own = side.steps.map((step, order) => ({ step, order })).filter(({ step }) => step.agent === index);
      if (own.length === 0) return [];
      return [{ id: agent.name, locations: own.map(({ step, order }) => flowLocation(uri, step, order)) }];
    }),
  };
}

function flowLocation(uri: string, step: ReplayStep, order: number): object {
  return {
    executionOrder: order + 1,
    location: { ...(step.place ? { physicalLocation: physical(uri, step.place) } : {}), message: { text: step.text } },
    state: Object.fromEntries(step.changed.map((name) => [name, { text: changedValue(step.state, name) }])),
  };
}

function notification(uri: string, notice: Notice): object {
  return {
    level: notice.level,
    message: { text: notice.message },
    ...(notice.place ? { locations: [{ physicalLocation: physical(uri, notice.place) }] } : {}),
  };
}
