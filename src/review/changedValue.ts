// SPDX-License-Identifier: MIT
import type { ReplayState } from './types';

/** The value that a name of `ReplayStep.changed` has in a state, in words; empty where the state has no such thing. */
export function changedValue(state: ReplayState, name: string): string {
  const page = /^page (\d+): (mapping|host|content|tlb)$/.exec(name);
  if (page) {
    const cell = state.pages[Number(page[1])];
    const value = cell?.[page[2] as 'host' | 'tlb'] ?? '';
    return typeof value === 'string' ? value : value.join(', ') || 'nothing else';
  }
  const agent = /^agent (\d+): (status|buffer)$/.exec(name);
  if (agent) {
    const value = state.agents[Number(agent[1])]?.[agent[2] as 'status' | 'buffer'] ?? '';
    return typeof value === 'string' ? value : value.join(', ') || 'empty';
  }
  return state.variables.find((v) => v.name === name)?.value ?? '';
}
