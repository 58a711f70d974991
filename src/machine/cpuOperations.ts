// SPDX-License-Identifier: MIT
/** CPUs, and the agents that run on them. */

import { AgentStatus, type MachineOperation } from '../engine/program';
import type { Core } from './core';

/** Stopping a CPU by IPI or NMI is serialising for it: its buffered stores are in memory afterwards. */
export const cpuOperations = (core: Core): readonly MachineOperation[] => [
  core.operation('hw_cpu', (context) => core.cpuOf(context)),
  core.operation(
    'hw_ipi',
    (context, cpu) => {
      for (const [agent, its] of core.config.cpuOfAgent.entries()) if (its === cpu) context.drain(agent);
      return 0;
    },
    true,
  ),
  core.operation(
    'hw_stop_agent',
    (context, agent) => {
      if (context.status(agent) === AgentStatus.running) {
        context.drain(agent);
        context.setStatus(agent, AgentStatus.stopped);
      }
      return 0;
    },
    true,
  ),
  core.operation(
    'hw_start_agent',
    (context, agent) => {
      if (context.status(agent) === AgentStatus.waiting) context.setStatus(agent, AgentStatus.running);
      return 0;
    },
    true,
  ),
  core.operation('hw_agent_done', (context, agent) =>
    context.status(agent) === AgentStatus.done || context.status(agent) === AgentStatus.stopped ? 1 : 0,
  ),
];
