// SPDX-License-Identifier: MIT
/** What a review gives: plain data that the editor, the command line and the replay view show. */

import type { Level, OutcomeId } from './outcomes';

export type { Level };

/** `new`: the patch brings it; `unchanged`: it was there and stays; `absent`: the patch removes it. */
export type BaselineState = 'new' | 'unchanged' | 'absent';
/**
 * How near to the real code the program was that ran. `tree`: function bodies come from a kernel tree that the patch
 * applies to; `mail`: whole functions are in the mail; `woven`: a hunk was woven into a bundled model; `fragment`: only
 * the lines of the hunk were run; `prose`: the mail has no code, and only names a function of the models.
 */
export type Confidence = 'tree' | 'mail' | 'woven' | 'fragment' | 'prose';
export type Side = 'before' | 'after';

/**
 * A place in the document under review (`document`), in a bundled C file (`models/x.c`, `scenarios/y.c`), in one of the
 * user's own (`UserFile.name`) or in a file of the kernel tree (`mm/memory.c`). 1-based, end exclusive.
 */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** What a verdict rests on. */
export interface Bounds {
  readonly cpus: number;
  readonly pages: number;
  readonly bufferDepth: number;
  /** Steps that an agent may take without touching anything shared before that counts as a loop without end. */
  readonly unroll: number;
  readonly states: number;
  readonly exhausted: boolean;
}

/** One scenario × outcome × deciding place. */
export interface Finding {
  readonly scenario: string;
  /** The changed function that the scenario ran, where it runs one after the other. */
  readonly subject?: string;
  readonly ruleId: OutcomeId;
  readonly level: Level;
  readonly baselineState: BaselineState;
  /** The patch of a series that it is of: `v5 3/16`. Left out for a patch alone. */
  readonly patch?: string;
  /** An `unchanged` outcome of a story in which the hardware sees the same with the patch as without it: always a note (see ineffective.ts). */
  readonly unrelated?: true;
  /** No line of the patch decides it by itself: the finding stands at the first that a run reaches, or at a small edit's. */
  readonly open?: true;
  /** One or two sentences for a kernel developer. */
  readonly message: string;
  /** At most 200 characters: what a diagnostic shows. */
  readonly short: string;
  /** Always in the document. */
  readonly place: Place;
  /** Lines of the document that the trace runs through, first execution first. */
  readonly related: readonly { readonly place: Place; readonly text: string }[];
  readonly confidence: Confidence;
  readonly assumptions: readonly string[];
  readonly bounds: Bounds;
  readonly machine: string;
  /** `x86-only`: absent on x86 (TSO), reachable where the kernel's own memory model allows more. */
  readonly portable: 'x86-only' | 'yes';
  /** Transitions of the shortest way to the outcome, and how often the next one is another agent's. */
  readonly traceLength: number;
  readonly cpuSwitches: number;
  /** The line is one of the trace: which one decides is not known yet, and the replay is not made. */
  readonly provisional?: true;
  /** The smallest edits that remove it, the smallest first; left out where none is known. */
  readonly whatIfs?: readonly WhatIf[];
  readonly replay: Replay;
}

/** Kinds of small edits (see whatIf/candidates.ts). */
export type WhatIfKind = 'barrier' | 'locked' | 'lock' | 'kept' | 'leak' | 'order' | 'flush' | 'check';

/** A stretch of the document and what stands there instead; nothing is taken out where it is empty. */
export interface TextEdit {
  readonly place: Place;
  readonly text: string;
}

/** A small edit of the patch that was simulated: with it the outcome does not happen, and no scenario comes to another one. */
export interface WhatIf {
  readonly kind: WhatIfKind;
  /** What is different, as the subject of “removes it”. */
  readonly text: string;
  /** The line that it is about. */
  readonly place: Place;
  /** The edits of the document, in its order, none in another: what they give is a well-formed patch. */
  readonly edits: readonly TextEdit[];
  /** `x86-only`: it removes the outcome on x86, and the kernel's own memory model still allows it. */
  readonly portable: 'x86-only' | 'yes';
}

/** What a hunk that some scenario reaches came to. */
export interface HunkAnswer {
  /** 1-based document line of the hunk (see `Hunk.line`). */
  readonly line: number;
  /** The patch of a series that it is of, as in findings; what it comes to may be told at another one. */
  readonly patch?: string;
  readonly scenarios: readonly string[];
  /** States visited in all of them, both sides. */
  readonly states: number;
  /** Indices into `Review.findings` that rest on this hunk; empty where nothing was found. */
  readonly findings: readonly number[];
}

/** What a scenario did on this document, also where nothing came of it. */
export interface ScenarioRun {
  readonly scenario: string;
  /** As in findings. */
  readonly subject?: string;
  readonly title: string;
  readonly bounds: Bounds;
  readonly outcomes: { readonly before: readonly OutcomeId[]; readonly after: readonly OutcomeId[] };
  /** What must sometimes happen and never did: the verdict is void. */
  readonly vacuous: readonly string[];
  /** Of the first finding; without findings, a run that ends well on each side that has one. */
  readonly replay: Replay;
}

/** Something that was not analysed, cut short or assumed, and why. */
export interface Notice {
  readonly level: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly place: Place | null;
  /** Sums a series up, or says what of it is missing. */
  readonly series?: true;
}

export interface Review {
  readonly findings: readonly Finding[];
  readonly hunks: readonly HunkAnswer[];
  readonly runs: readonly ScenarioRun[];
  readonly notices: readonly Notice[];
  /** How many messages of the document hold hunks. */
  readonly patches: number;
  /** Whether what a patch changes runs in some scenario and could matter there. */
  readonly applied: boolean;
  /** A budget ran out before the verdict, the work was cancelled, or the end of a patch was left out for its length. */
  readonly partial: boolean;
  /** Scenarios that apply and claim nothing; `notices` say why. */
  readonly undecided: readonly string[];
}

/* ---- what the replay view shows ---- */

/** One page of the story in one state of the machine. */
export interface PageCell {
  /** Short words, such as `shared`, `private`, `not present`. */
  readonly mapping: string;
  /** What some CPU's TLB may still hold besides the mapping, per CPU; empty where nothing stale. */
  readonly tlb: readonly string[];
  /** What the TDX module or the host holds, such as `private, accepted`, `shared`, `TDX-private, poisoned`. */
  readonly host: string;
  readonly content: string;
  /** One letter for the cell, so that colour is never alone. */
  readonly letter: string;
}

export interface ReplayState {
  readonly pages: readonly PageCell[];
  /** Per agent: its status, its buffered stores oldest first (`conversion_allowed = 0`). */
  readonly agents: readonly {
    readonly status: 'waiting' | 'running' | 'stopped' | 'done';
    readonly buffer: readonly string[];
  }[];
  /** Global integers of the program, by name. */
  readonly variables: readonly { readonly name: string; readonly value: string }[];
}

export interface ReplayStep {
  /** Index into `ReplaySide.agents`. */
  readonly agent: number;
  readonly kind: 'step' | 'drain';
  /** The C statement or what the hardware does, one line of text. */
  readonly text: string;
  readonly place: Place | null;
  readonly function: string;
  /** What this step changed: names of variables, `page N: field`, `agent N: field` (see `changedValue`). */
  readonly changed: readonly string[];
  /** The state after the step. */
  readonly state: ReplayState;
  /** How many of the side's `choices` have been taken when this step is done. */
  readonly taken: number;
}

/** One side's way, with everything that the view shows of it. */
export interface ReplaySide {
  readonly agents: readonly { readonly name: string; readonly role: string }[];
  readonly pages: readonly { readonly name: string; readonly role: string }[];
  /** Who keeps the state of pages that `PageCell.host` tells: the TDX module, a hypervisor, memory itself. */
  readonly keeper: string;
  readonly start: ReplayState;
  readonly steps: readonly ReplayStep[];
  /** What happens at the last step, or null where this side runs to its end without it. */
  readonly fatal: {
    readonly ruleId: OutcomeId;
    readonly explanation: string;
    readonly rule: string;
    readonly source: string;
    /** Index of the page that it happens to; left out where it happens to none. */
    readonly page?: number;
  } | null;
  readonly summary: string;
  /** What the engine chose, transition by transition, from the very beginning: runs the same way again. */
  readonly choices: readonly number[];
  /** How many of them come before `start`. */
  readonly prepared: number;
}

/** Both sides of a story; null for a side that has no run to show. */
export interface Replay {
  readonly title: string;
  readonly scenario: string;
  readonly before: ReplaySide | null;
  readonly after: ReplaySide | null;
}

/** A transition that is possible in some state, and what it would do. */
export interface NextStep {
  /** What the engine chooses: steps of the agent that nobody misses, and this one. */
  readonly choices: readonly number[];
  /** Index into `ReplaySide.agents`. */
  readonly agent: number;
  readonly kind: 'step' | 'drain';
  readonly text: string;
  readonly place: Place | null;
  readonly function: string;
  /** What it would change, in words; empty where nothing that is shown. */
  readonly effects: readonly string[];
  /** The outcome that it would come to, or null. */
  readonly outcome: OutcomeId | null;
}

/** A way that somebody chose, and what may come after it. */
export interface Exploration {
  /** The side whose code runs. */
  readonly from: Side;
  readonly way: ReplaySide;
  readonly next: readonly NextStep[];
}

/** A document and what was found in it; `name` is what people call it. */
export interface ReviewedText {
  readonly name: string;
  readonly text: string;
  readonly findings: readonly Finding[];
}

/* ---- how a review is asked for ---- */

export interface ReviewOptions {
  /** Only these scenarios, by id; empty means all that apply. */
  readonly scenarios: readonly string[];
  /** Time for the whole document, in milliseconds; the time to read a kernel tree is not counted. */
  readonly budgetMs: number;
  /** The budget is that of a patch: a document has it for each of its patches. */
  readonly isPerPatch?: boolean;
  /** False: no small edits are tried, and a line that only they tell is not looked for. */
  readonly whatIfs?: boolean;
  /** The kernel tree that function bodies come from, as whoever made the reviewer names it; left out where there is none. */
  readonly tree?: string;
}

export interface Progress {
  readonly message: string;
  /** 0 to 1. */
  readonly fraction: number;
}

/** What is known before a review is done. */
export type Stage =
  /** All findings so far, of which the last ones may be provisional. */
  | { readonly kind: 'findings'; readonly findings: readonly Finding[] }
  /** All but small edits of the patch (and lines that only these tell), which may take as long again. */
  | { readonly kind: 'review'; readonly review: Review };

export interface Hooks {
  progress(progress: Progress): void;
  /** Is told of each stage of a review; left out where nobody waits for them. */
  stage?(stage: Stage): void;
  /** Asked between slices of work (at most some 50 ms apart); true ends the work with what is known, marked partial. */
  cancelled(): boolean;
  /** Lets other work run (messages arrive); awaited between slices. */
  pause(): Promise<void>;
}

export interface ScenarioInfo {
  readonly id: string;
  readonly title: string;
  readonly machine: string;
  readonly entryPoints: readonly string[];
  readonly bounds: Readonly<Record<string, number>>;
  /** Outcomes it looks for. */
  readonly guards: readonly OutcomeId[];
  readonly sometimes: readonly string[];
  /** Whether *Simulate kexec* runs it. */
  readonly kexec: boolean;
}

/** A C file of the user's own, from `.kernel-patch-review` of a workspace. */
export interface UserFile {
  readonly kind: 'model' | 'companion' | 'scenario';
  /** How places and sentences name it; no two files have the same name. */
  readonly name: string;
  /** Null where it cannot be read. */
  readonly text: string | null;
}

/** A kernel tree that is indexed as a whole. */
export interface TreeIndex {
  readonly files: number;
  readonly names: number;
  /** Whether a review asked before for a name that is known only now: it may say more if it is asked again. */
  readonly knowsMore: boolean;
}

/** A way through one side of a scenario, by what was chosen. */
export interface ExploreRequest {
  /** The document, or null for the bundled models alone. */
  readonly text: string | null;
  /** The kernel tree that function bodies come from; left out where there is none. */
  readonly tree?: string;
  readonly scenario: string;
  /** The changed function that the scenario is run for, where it is about one. */
  readonly subject?: string;
  /** A line of the patch among those of the document; null for the first one. */
  readonly line: number | null;
  readonly side: Side;
  /** As in `ReplaySide.choices`. */
  readonly choices: readonly number[];
  /** Edits of the document: the code with them runs in the order of `choices` as far as it can, and then to an end. */
  readonly edits?: readonly TextEdit[];
}

/** One side of one scenario, alone. */
export interface SimulationRequest {
  readonly scenario: string;
  /** The text of a document with a patch, or null for the bundled models alone. */
  readonly patch: string | null;
  readonly side: Side;
  readonly model: 'tso' | 'weak' | 'sc';
  /** The kernel tree that function bodies come from; left out where there is none. Then the document may have one patch only. */
  readonly tree?: string;
}

export interface Simulation {
  readonly stats: {
    readonly states: number;
    readonly transitions: number;
    readonly depth: number;
    readonly seconds: number;
    readonly bytesPerState: number;
    readonly engine: 'codegen' | 'interpreter';
    readonly exhausted: boolean;
  };
  /** What was reached, worst first, each with its shortest trace (null where it has none). */
  readonly outcomes: readonly { readonly ruleId: OutcomeId; readonly trace: ReplaySide | null }[];
  /** A run that ends well, null where there is none. */
  readonly sample: ReplaySide | null;
  readonly vacuous: readonly string[];
  readonly assumptions: readonly string[];
  /** What of the patch was not analysed or did not fit the kernel tree. */
  readonly notices: readonly Notice[];
  readonly bounds: Bounds;
}

/**
 * The whole of what lies below the editor and the command line; made by `createReviewer` in `reviewer.ts`. A scenario
 * that does not exist rejects with an Error that names those that do.
 */
export interface Reviewer {
  review(text: string, options: ReviewOptions, hooks: Hooks): Promise<Review>;
  /** Runs a scenario on the bundled models alone; rejects where the work was cancelled. */
  simulate(scenario: string, hooks: Hooks): Promise<ScenarioRun>;
  /** Runs one side of one scenario with one memory model, with or without a patch; rejects where the work was cancelled. */
  simulation(request: SimulationRequest, hooks: Hooks): Promise<Simulation>;
  /** Runs the code of a patch by what was chosen and says what may come next; rejects where the choices do not run. */
  explore(request: ExploreRequest, hooks: Hooks): Promise<Exploration>;
  scenarios(): readonly ScenarioInfo[];
  /** The text of a bundled C file (`models/x.c`), or null. */
  source(file: string): string | null;
  /** From now on these files of the user's are used with what is bundled, and no others. */
  useFiles(files: readonly UserFile[]): void;
  /** What is to be said of the user's files; an `error` for each place that a file was left out for. Every review says it too. */
  fileNotices(): readonly Notice[];
  /**
   * Indexes all files of a kernel tree that a review has used, so that later ones find what is not in the folders that
   * each reads first. May run beside a review: give it hooks that wait while there is one. Null where there is nothing to
   * do, and where the work was cancelled; then the next call goes on.
   */
  indexTree(tree: string, hooks: Hooks): Promise<TreeIndex | null>;
  /** Says that files of a kernel tree, by their paths in it, are not as they were when a review read them. */
  treeChanged(tree: string, paths: readonly string[]): void;
  /** The findings as a reply to the mail that they were found in (see `replyTo`). */
  reply(text: string, findings: readonly Finding[]): string;
  /** Two versions of a series beside each other (see `compareTexts`). */
  compare(one: ReviewedText, other: ReviewedText | null): string | null;
  /** The text that ran for the document's patch, both sides, with what came from where: *Show What Was Simulated*. */
  simulated(text: string, tree?: string): Promise<{ readonly before: string; readonly after: string }>;
}
