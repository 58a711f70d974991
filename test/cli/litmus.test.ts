// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../support/shared';

const command = path.join(root, 'dist/cli.js');

const x86 = `X86 SB
{ x=0; y=0 }
 P0          | P1          ;
 MOV [x],$1  | MOV [y],$1  ;
 MOV EAX,[y] | MOV EAX,[x] ;
exists (0:EAX=0 /\\ 1:EAX=0)
`;
const c = `C MP
{}
P0(int *x, int *y) { WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1); }
P1(int *x, int *y) { int r0 = READ_ONCE(*y); int r1 = READ_ONCE(*x); }
exists (1:r0=1 /\\ 1:r1=0)
`;

describe('litmus on the command line', function () {
  this.timeout(30_000);
  let folder = '';
  before(() => {
    assert.ok(existsSync(command), 'dist/cli.js is built');
    folder = mkdtempSync(path.join(tmpdir(), 'kpr-litmus-'));
    const files = { 'sb.litmus': x86, 'mp.litmus': c, 'bad.litmus': x86.replace('MOV EAX,[x]', 'MUV EAX,[x]') };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (words: readonly string[], input = ''): { status: number | null; out: string; err: string } => {
    const result = spawnSync(process.execPath, [command, 'litmus', ...words], { encoding: 'utf8', cwd: folder, input });
    return { status: result.status, out: result.stdout, err: result.stderr };
  };
  const observed = (out: string): string[] => out.split('\n').filter((line) => /^(Observation|Error)/.test(line));

  it('prints a block for each file, with an empty line behind it', () => {
    const { status, out } = run(['sb.litmus', 'mp.litmus']);
    assert.equal(status, 0);
    assert.deepEqual(observed(out), ['Observation SB Sometimes 1 3', 'Observation MP Never 0 3']);
    assert.match(out, /^Test SB Allowed\nStates 4\n[\s\S]*\n\nTest MP Allowed\nStates 3\n[\s\S]*Never 0 3\n\n$/);
  });

  it('--model and --engine choose', () => {
    assert.deepEqual(observed(run(['sb.litmus', 'mp.litmus', '--model', 'sc']).out), [
      'Observation SB Never 0 3',
      'Observation MP Never 0 3',
    ]);
    assert.deepEqual(observed(run(['sb.litmus', 'mp.litmus', '--model', 'weak', '--engine', 'interpreter']).out), [
      'Observation SB Sometimes 1 3',
      'Observation MP Sometimes 1 3',
    ]);
  });

  it('a test that cannot be read is told with its line, gives status 2, and the others are run', () => {
    const { status, out } = run(['bad.litmus', 'sb.litmus', 'none.litmus']);
    assert.equal(status, 2);
    assert.deepEqual(observed(out), [
      'Error SB: bad.litmus:5: instruction “muv” is not supported',
      'Observation SB Sometimes 1 3',
      'Error none.litmus: none.litmus: there is no such file',
    ]);
  });

  it('- is standard input', () => {
    assert.deepEqual(observed(run(['-'], x86).out), ['Observation SB Sometimes 1 3']);
  });

  it('ten megabytes of anything are refused at once', () => {
    for (const text of ['x', 'X86 t\n{}\n', '(*', '\0', 'C t\n{}\nP0(){', 'C t {(((']) {
      const { status, out } = run(['-'], text.repeat((10 << 20) / text.length));
      assert.equal(status, 2);
      assert.match(out, /^Error .*: the file has more than 1048576 characters\n/);
    }
  });

  for (const [words, sentence] of [
    [[], /litmus needs a FILE/],
    [['sb.litmus', '--model', 'arm'], /--model must be one of tso, weak, sc, not “arm”/],
    [['sb.litmus', '--engine', 'fast'], /--engine must be one of codegen, interpreter, not “fast”/],
  ] as const) {
    it(`litmus ${words.join(' ')}: ${sentence.source}`, () => {
      const { status, err } = run(words);
      assert.equal(status, 2);
      assert.match(err, sentence);
    });
  }
});
