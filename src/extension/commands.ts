// SPDX-License-Identifier: MIT
/** Names of the commands, as the manifest declares them. */

import type { Action } from '../replay/actions';

export const reviewCommand = 'kernelPatchReview.review';
export const simulateKexecCommand = 'kernelPatchReview.simulateKexec';
export const showReplayCommand = 'kernelPatchReview.showReplay';
export const showSimulatedCommand = 'kernelPatchReview.showSimulated';
export const reviewReplyCommand = 'kernelPatchReview.writeReply';
export const compareVersionsCommand = 'kernelPatchReview.compareVersions';
export const showLogCommand = 'kernelPatchReview.showLog';

/** What can be done in the replay, by its name in `src/replay/actions.ts`. */
export const replayActionCommand = (action: Action): string => `kernelPatchReview.replay.${action}`;
/** To the steps of the line at the cursor. */
export const replayLineCommand = 'kernelPatchReview.replay.stepsOfLine';

/** Only code actions name it; it takes what they give. */
export const showWhatIfCommand = 'kernelPatchReview.showWhatIf';

/** Those that only the status of a kernel tree names; each takes the tree. */
export const stopIndexingCommand = 'kernelPatchReview.stopIndexing';
export const indexTreeCommand = 'kernelPatchReview.indexTree';
