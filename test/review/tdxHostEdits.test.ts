// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { ofVersion, usualGeneration } from '../../src/review/generations';
import { type Edit, inModel } from '../mutations/support';
import { review, verdictsOf } from './support';

/** Edits of the models of TDX hosts that stand in no catalogue, each with all that a scenario makes of it. */
const edits: readonly {
  readonly name: string;
  readonly model: string;
  readonly edit: Edit;
  readonly version?: string;
  readonly scenario: string;
  readonly outcomes: readonly string[];
}[] = [
  {
    name: 'every other line is reset',
    model: 'tdxPamt.c',
    edit: ['phys += 64)\n\t\tmovdir64b', 'phys += 128)\n\t\tmovdir64b'],
    scenario: 'host-tdx-init-error',
    outcomes: ['machine-check new'],
  },
  {
    name: 'the last line is not reset',
    model: 'tdxPamt.c',
    edit: ['\tend = base + size;\n', '\tend = base + size - 64;\n'],
    scenario: 'host-tdx-init-error',
    outcomes: ['machine-check new'],
  },
  {
    name: 'the first region is reset twice, the second one never',
    model: 'tdxPamt.c',
    edit: ['\t\ttdmr_reset_pamt(tdmr_entry(tdmr_list, i));\n', '\t\ttdmr_reset_pamt(tdmr_entry(tdmr_list, 0));\n'],
    scenario: 'host-tdx-init-error',
    outcomes: ['machine-check new'],
  },
  {
    name: 'init_tdmrs() fails, and neither flush nor reset follows',
    model: 'tdxHost.c',
    edit: [
      '\tret = init_tdmrs(&tdx_tdmr_list);\n\tif (ret)\n\t\tgoto out_reset_pamts;\n',
      '\tret = init_tdmrs(&tdx_tdmr_list);\n\tif (ret)\n\t\tgoto out_free_pamts;\n',
    ],
    scenario: 'host-tdx-init-error',
    outcomes: ['machine-check new', 'memory-corruption new'],
  },
  {
    name: 'the list of regions is freed twice',
    model: 'tdxHost.c',
    edit: [
      'out_free_tdmrs:\n\tfree_tdmr_list(&tdx_tdmr_list);\n',
      'out_free_tdmrs:\n\tfree_tdmr_list(&tdx_tdmr_list);\n\tfree_tdmr_list(&tdx_tdmr_list);\n',
    ],
    scenario: 'host-tdx-init-error',
    outcomes: ['double-free new'],
  },
  {
    name: 'one region more than there are',
    model: 'tdxPamt.c',
    edit: [
      'i < tdmr_list->nr_consumed_tdmrs; i++)\n\t\ttdmr_reset',
      'i <= tdmr_list->nr_consumed_tdmrs; i++)\n\t\ttdmr_reset',
    ],
    scenario: 'host-tdx-init-error',
    outcomes: ['memory-corruption new'],
  },
  {
    name: 'the number of regions in a local variable: the same',
    model: 'tdxPamt.c',
    edit: [
      '\tint i;\n\n\tfor (i = 0; i < tdmr_list->nr_consumed_tdmrs; i++)\n\t\ttdmr_reset',
      '\tint i, nr = tdmr_list->nr_consumed_tdmrs;\n\n\tfor (i = 0; i < nr; i++)\n\t\ttdmr_reset',
    ],
    scenario: 'host-tdx-init-error',
    outcomes: [],
  },
  {
    name: '7.2: the TDX module is not disabled',
    model: 'kvmTdx.c',
    edit: ['\ttdx_shutdown();\n\n', ''],
    version: '7.2',
    scenario: 'host-kexec-erratum',
    outcomes: ['machine-check new'],
  },
  {
    name: '6.18: kexec is not refused where the CPU has the erratum',
    model: 'machineKexec.c',
    edit: ['\t\treturn -EOPNOTSUPP;\n\t}\n', '\t}\n'],
    version: '6.18',
    scenario: 'host-kexec-erratum',
    outcomes: ['machine-check new'],
  },
];

describe('edits of the code of TDX hosts', () => {
  for (const { name, model, edit, version, scenario, outcomes } of edits) {
    it(name, async () => {
      const mail = inModel(model, `arch/x86/${model}`, [edit], version ? ofVersion(version) : usualGeneration);
      assert.deepEqual(
        verdictsOf(await review(mail(), [scenario])),
        outcomes.map((o) => `${scenario} ${o}`),
      );
    });
  }
});
