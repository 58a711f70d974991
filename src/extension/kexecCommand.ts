// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import type { Review, ScenarioInfo } from '../review/types';
import { simulateKexecCommand } from './commands';
import { activeDocument } from './documents';
import { messageOf } from './guard';
import { tellFailure, withCancel } from './progress';
import type { ReplayPanel } from './replayPanel';
import { Cancelled, type ReviewClient } from './reviewClient';
import type { ReviewController } from './reviewController';
import { replaysOf, runReplay, whyNoRun } from './wording';

const title = 'Simulating kexec';
const baseScenario = 'guest-kexec';
const runBase = 'Run the base scenario';
const noKexec = 'This patch touches no code that a kexec scenario runs.';

/** *Simulate kexec*: the kexec scenarios on the active document, and the replay of the worst that came of it. */
export function registerKexecCommand(
  client: ReviewClient,
  reviews: ReviewController,
  panel: ReplayPanel,
): vscode.Disposable {
  return vscode.commands.registerCommand(simulateKexecCommand, async () => {
    try {
      await simulate(client, reviews, panel);
    } catch (error) {
      tellFailure(error);
    }
  });
}

async function simulate(client: ReviewClient, reviews: ReviewController, panel: ReplayPanel): Promise<void> {
  // A replay that has the focus stands for its document.
  const document = (await activeDocument()) ?? panel.document;
  if (!document) {
    offer('There is no document in the editor, so there is no patch to simulate.', client, panel);
    return;
  }
  const scenarios = (await client.scenarios()).filter(({ kexec }) => kexec).map(({ id }) => id);
  const review =
    reviews.upToDate(document.uri) ??
    (await withCancel(title, (task) => reviews.review(document, { ...task, scenarios })));
  const kexec = onlyScenarios(review, scenarios);
  const replays = replaysOf(kexec);
  const worst = replays[0];
  if (worst) panel.show({ document, replays, current: worst });
  else offer(whyNoRun(kexec, noKexec) ?? noKexec, client, panel);
}

function onlyScenarios(review: Review, scenarios: readonly string[]): Review {
  return {
    ...review,
    findings: review.findings.filter(({ scenario }) => scenarios.includes(scenario)),
    runs: review.runs.filter(({ scenario }) => scenarios.includes(scenario)),
    hunks: review.hunks.filter((hunk) => hunk.scenarios.some((scenario) => scenarios.includes(scenario))),
    undecided: review.undecided.filter((scenario) => scenarios.includes(scenario)),
  };
}

/** Says why nothing was simulated and offers what can be: the scenario on the bundled models. Nobody waits for the answer. */
function offer(sentence: string, client: ReviewClient, panel: ReplayPanel): void {
  void vscode.window.showInformationMessage(sentence, runBase).then(async (answer) => {
    if (answer !== runBase) return;
    try {
      await runBaseScenario(client, panel);
    } catch (error) {
      if (!(error instanceof Cancelled)) void vscode.window.showErrorMessage(messageOf(error));
    }
  });
}

async function runBaseScenario(client: ReviewClient, panel: ReplayPanel): Promise<void> {
  const scenario = await pickScenario((await client.scenarios()).filter(({ kexec }) => kexec));
  if (!scenario) return;
  const run = await withCancel(title, (task) => client.simulate(scenario, task));
  const told = runReplay(run);
  panel.show({ document: null, replays: [told], current: told });
}

async function pickScenario(scenarios: readonly ScenarioInfo[]): Promise<string | null> {
  const first = [...scenarios].sort((a, b) => Number(b.id === baseScenario) - Number(a.id === baseScenario));
  if (first.length <= 1) return first[0]?.id ?? null;
  const items = first.map(({ id, title: detail, machine }) => ({ label: id, description: machine, detail }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Which scenario, without a patch?' });
  return picked?.label ?? null;
}
