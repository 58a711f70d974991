// SPDX-License-Identifier: MIT
/** Names of the commands, as the manifest declares them. */
export const reviewCommand = 'kernelPatchReview.review';
export const simulateKexecCommand = 'kernelPatchReview.simulateKexec';
export const showReplayCommand = 'kernelPatchReview.showReplay';
export const showSimulatedCommand = 'kernelPatchReview.showSimulated';
export const showLogCommand = 'kernelPatchReview.showLog';

/** Only code actions name it; it takes what they give. */
export const showWhatIfCommand = 'kernelPatchReview.showWhatIf';

/** Those that only the status of a kernel tree names; each takes the tree. */
export const stopIndexingCommand = 'kernelPatchReview.stopIndexing';
export const indexTreeCommand = 'kernelPatchReview.indexTree';
