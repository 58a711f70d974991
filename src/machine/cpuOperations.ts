// SPDX-License-Identifier: MIT
/** CPUs, and the agents that run on them. */

import { AgentStatus, type MachineOperation } from '../engine/program';
import type { Core } from './core';
import type { Rule } from './rule';

const withoutGs: Rule = {
  text: 'is not known to a CPU whose GS is 0: per-CPU variables cannot be reached after load_segments()',
  mark: 'U',
  source: 'commit 83214a775f33; arch/x86/kernel/machine_kexec_64.c: machine_kexec()',
};

/** Stopping a CPU by IPI or NMI is serialising for it: its buffered stores are in memory afterwards. */
export function cpuOperations(core: Core): readonly MachineOperation[] {
  /** By CPU: whether its segment registers were loaded for the jump to another kernel. */
  const segments = core.claim(1);
  /** By agent: whether an interrupt runs on its CPU. */
  const paused = core.claim(1);
  return [
    core.operation('hw_cpu', (context) => {
      const cpu = core.cpuOf(context);
      const loaded = ((context.state[context.base + segments] ?? 0) >> cpu) & 1;
      if (loaded && !core.config.secondKernel.has(context.agent)) core.happen(context, 'page-fault', withoutGs, -1);
      return cpu;
    }),
    core.operation('hw_load_segments', (context, valid) => {
      const at = context.base + segments;
      const bit = 1 << core.cpuOf(context);
      context.state[at] = valid ? (context.state[at] ?? 0) & ~bit : (context.state[at] ?? 0) | bit;
      return 0;
    }),
    // An interrupt, sent to a CPU: what runs there waits until it is through (-1), and one waits for the other.
    core.operation(
      'hw_run_as',
      (context, cpu) => {
        const agents = core.config.cpuOfAgent.keys();
        const interrupted = cpu >= 0 ? cpu : core.ranAs(context, context.agent);
        const at = context.base + paused;
        for (const agent of agents) {
          if (agent === context.agent || core.config.secondKernel.has(agent)) continue;
          if (cpu >= 0 && core.ranAs(context, agent) === cpu && context.status(agent) === AgentStatus.running)
            return null;
          if (core.config.cpuOfAgent[agent] !== interrupted) continue;
          const bit = 1 << agent;
          if (cpu >= 0 && context.status(agent) === AgentStatus.running) {
            context.drain(agent);
            context.setStatus(agent, AgentStatus.waiting);
            context.state[at] = (context.state[at] ?? 0) | bit;
          } else if (cpu < 0 && (context.state[at] ?? 0) & bit) {
            if (context.status(agent) === AgentStatus.waiting) context.setStatus(agent, AgentStatus.running);
            context.state[at] = (context.state[at] ?? 0) & ~bit;
          }
        }
        core.runAs(context, cpu);
        return 0;
      },
      true,
    ),
    core.operation(
      'hw_stop_agent',
      (context, agent) => {
        const interrupted = ((context.state[context.base + paused] ?? 0) >> agent) & 1;
        if (context.status(agent) === AgentStatus.running || interrupted) {
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
}
