// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { errorOf, observations, runTest, statesOf } from './support';

/** Store buffering on X86 with something between the store and the load of each side. */
const storeBuffering = (between: string): string => `X86 SB
{ x=0; y=0; z=0; 0:EBX=1; 1:EBX=1; }
 P0          | P1          ;
 MOV [x],$1  | MOV [y],$1  ;
 ${between}  | ${between}  ;
 MOV EAX,[y] | MOV EAX,[x] ;
exists (0:EAX=0 /\\ 1:EAX=0)
`;

/** One thread of X86_64 and what it leaves. */
const single = (initial: string, code: string, shown: string): Promise<string[]> =>
  statesOf(`X86_64 single\n{ ${initial} }\nP0 ;\n${code}\nlocations [${shown}]\nforall (true)\n`);

describe('x86 litmus tests', () => {
  it('prints a whole block as herd7 does', async () => {
    const { text } = await runTest(storeBuffering('NOP'));
    assert.equal(
      text,
      [
        'Test SB Allowed',
        'States 4',
        '0:EAX=0; 1:EAX=0;',
        '0:EAX=0; 1:EAX=1;',
        '0:EAX=1; 1:EAX=0;',
        '0:EAX=1; 1:EAX=1;',
        'Ok',
        'Witnesses',
        'Positive: 1 Negative: 3',
        'Condition exists (0:EAX=0 /\\ 1:EAX=0)',
        'Observation SB Sometimes 1 3',
      ].join('\n'),
    );
  });

  it('prints ~exists and forall as herd7 does, whether they hold or not', async () => {
    const ending = async (quantifier: string, between: string): Promise<string> => {
      const { text } = await runTest(storeBuffering(between).replace('exists', quantifier));
      const lines = text.split('\n');
      return [lines[0], ...lines.slice(lines.indexOf('Witnesses') - 1)].join('; ');
    };
    assert.equal(
      await ending('~exists', 'MFENCE'),
      'Test SB Forbidden; Ok; Witnesses; Positive: 3 Negative: 0; Condition ~exists (0:EAX=0 /\\ 1:EAX=0); Observation SB Never 0 3',
    );
    assert.equal(
      await ending('~exists', 'NOP'),
      'Test SB Forbidden; No; Witnesses; Positive: 3 Negative: 1; Condition ~exists (0:EAX=0 /\\ 1:EAX=0); Observation SB Sometimes 1 3',
    );
    assert.equal(
      await ending('forall', 'NOP'),
      'Test SB Required; No; Witnesses; Positive: 1 Negative: 3; Condition forall (0:EAX=0 /\\ 1:EAX=0); Observation SB Sometimes 1 3',
    );
    assert.equal(
      await ending('not exists', 'MFENCE'),
      'Test SB Forbidden; Ok; Witnesses; Positive: 3 Negative: 0; Condition ~exists (0:EAX=0 /\\ 1:EAX=0); Observation SB Never 0 3',
    );
  });

  const between: readonly (readonly [string, string])[] = [
    ['NOP', 'Never Sometimes Sometimes'],
    ['MFENCE', 'Never Never Never'],
    ['LFENCE', 'Never Sometimes Sometimes'],
    ['SFENCE', 'Never Sometimes Sometimes'],
    ['XCHG [z],EBX', 'Never Never Never'],
    ['XCHG EBX,[z]', 'Never Never Never'],
    ['XCHG EBX,ECX', 'Never Sometimes Sometimes'],
    ['LOCK INC [z]', 'Never Never Never'],
    ['LOCK; INC [z]', 'Never Never Never'],
    ['lock decl (z)', 'Never Never Never'],
    ['INC [z]', 'Never Sometimes Sometimes'],
    ['LOCK ADD [ESP],0', 'Never Never Never'],
    ['LOCK XADD [z],EBX', 'Never Never Never'],
    ['LOCK OR DWORD PTR [z],1', 'Never Never Never'],
    ['LOCK CMPXCHG [z],EBX', 'Never Never Never'],
    ['CMPXCHG [z],EBX', 'Never Sometimes Sometimes'],
  ];
  for (const [instruction, expected] of between)
    it(`store buffering with ${instruction} between is ${expected} under sc, tso, weak`, async () =>
      assert.equal(await observations(storeBuffering(instruction)), expected));

  it('a LOCKed increment loses nothing, a plain one may', async () => {
    const both = (instruction: string): Promise<string[]> =>
      statesOf(`X86 inc\n{}\nP0 | P1 ;\n${instruction} [x] | ${instruction} [x] ;\nexists (x=1)`);
    assert.deepEqual(await both('LOCK INC'), ['[x]=2;']);
    assert.deepEqual(await both('INC'), ['[x]=1;', '[x]=2;']);
  });

  it('a lock taken by cmpxchg in a loop protects a counter', async () => {
    const side = (release: string): string[] => [
      'L0: MOV EAX,$0',
      'MOV EBX,$1',
      'LOCK CMPXCHG [l],EBX',
      'JNE L0',
      'MOV ECX,[x]',
      'INC ECX',
      'MOV [x],ECX',
      release,
    ];
    const rows = side('MOV [l],$0').map((cell) => `${cell} | ${cell} ;`);
    assert.deepEqual(await statesOf(`X86 lock\n{}\nP0 | P1 ;\n${rows.join('\n')}\nexists (x=1)`), ['[x]=2;']);
    // Nobody releases it: whoever comes second never ends.
    const stuck = side('NOP').map((cell) => `${cell} | ${cell} ;`);
    assert.deepEqual(await statesOf(`X86 lock\n{}\nP0 | P1 ;\n${stuck.join('\n')}\nexists (x=1)`), []);
  });

  it('waits in a loop for another thread, and sees what came before', async () => {
    const test = `X86_64 wait
{}
 P0          | P1            ;
 movl $7,(x) | again:        ;
 movl $1,(y) | cmpl $1,(y)   ;
             | jne again     ;
             | movl (x),%eax ;
forall (1:rax=7)`;
    assert.equal(await observations(test), 'Always Always Sometimes');
  });

  it('shows a part of a register, an array, a pointer and signed and unsigned numbers', async () => {
    assert.deepEqual(await single('0:rax=0x1122334455667788', 'movb $1,%al; movb $2,%ah;', '0:RAX;'), [
      `0:rax=${0x1122334455660201n};`,
    ]);
    assert.deepEqual(await single('0:rax=-1', 'movl $-1,%eax;', '0:rax;'), ['0:rax=4294967295;']);
    assert.deepEqual(
      await single('int64_t t[2]={1,-1}; 0:rbx=t; 0:rcx=1', 'movq (%rbx,%rcx,8),%rax;', '0:rax; 0:rbx; t[1];'),
      ['0:rax=-1; 0:rbx=t; t[1]=-1;'],
    );
    assert.deepEqual(await single('uint8_t x=255; int8_t y=255; uint32_t z', 'movl $-1,(z);', 'x; y; z;'), [
      '[x]=255; [y]=-1; [z]=4294967295;',
    ]);
    assert.deepEqual(
      await single('uint64_t *p = &x; int x=5', 'movq (p),%rax; movl (%rax),%ebx; movq $y,(p);', '0:rbx; p;'),
      ['0:rbx=5; [p]=y;'],
    );
    assert.deepEqual(
      await single('x=3', 'leaq x(%rip),%rax; movl 0(%rax),%ebx; addl $4,x(%rip);', '0:rax; 0:rbx; x;'),
      ['0:rax=x; 0:rbx=3; [x]=7;'],
    );
  });

  it('reads tables in all their forms', async () => {
    const ways = [
      'X86 t\n{}\nP0|P1;MOV [x],$1|MOV EAX,[x];\nexists (1:EAX=1)',
      'X86 t\n"a { in quotes"\nCycle=Rfe\n{ x=0 }\n P0 | P1 ;\n MOV [x],1 | MOV EAX,[x] ;\nexists 1:EAX=1',
      'X86 t (other) (* comment; | *)\n{x = 0;\n}\n P0 | P1 ;\n mov [x], $0x1 | (* c *) mov %eax, [x] ;\nexists (1:eax=1) ;\n<< show 0 >>',
      'X86 t\n{}\nP0|P1;\n|l: MOV EAX,(x);\nMOV (x),$1|m:;\nfinal (P1:EAX=1)\nwith tso: exists;',
      'X86 t\n{}\nproc:0|proc:1;\nMOV [x],$1|MOV EAX,[x]\nlocations [1:EAX;]\nexists (1:EAX=1)',
    ];
    for (const text of ways) assert.deepEqual(await statesOf(text), ['1:EAX=0;', '1:EAX=1;'], text);
  });

  it('filters final states and shows locations', async () => {
    const text = storeBuffering('NOP').replace('exists', 'locations [x; 1:EBX]\nfilter (0:EAX=1 \\/ x=0)\nexists');
    assert.deepEqual(await statesOf(text), ['0:EAX=1; 1:EAX=0; 1:EBX=1; [x]=1;', '0:EAX=1; 1:EAX=1; 1:EBX=1; [x]=1;']);
  });

  it('gives the same under both executors', async () => {
    for (const [instruction] of between) {
      const text = storeBuffering(instruction);
      assert.equal((await runTest(text, 'tso', 'interpreter')).text, (await runTest(text)).text);
    }
  });

  describe('says what it cannot read, with the line', () => {
    const table = (instruction: string): string =>
      `X86_64 t\n{}\nP0 | P1 ;\nnop | nop ;\nnop | ${instruction} ;\nexists (0:rax=0)`;
    const cases: readonly (readonly [string, string])[] = [
      [table('frobnicate %eax'), 'test.litmus:5: instruction “frobnicate” is not supported'],
      [table('movl %eex,(x)'), 'test.litmus:5: operand “%eex” is not known'],
      [table('movl (x)'), 'test.litmus:5: movl takes 2 operands, not 1'],
      [table('movl (x),(y)'), 'test.litmus:5: two operands in memory'],
      [table('lock movl $1,(x)'), 'test.litmus:5: movl may not have a LOCK prefix here'],
      [table('lock incl %eax'), 'test.litmus:5: incl may not have a LOCK prefix here'],
      [table('jmp there'), 'test.litmus:5: label “there” is nowhere in this thread'],
      [table('movl $1,$2'), 'test.litmus:5: the destination is no register and no memory'],
      [table('movl (%rbx),%eax'), 'test.litmus:5: a run accesses memory that is no location of the test'],
      [table('nop | nop'), 'test.litmus:5: there are more columns than threads'],
      [table('a: nop ; nop | a: nop'), 'test.litmus:5: label a is there twice'],
      ['X86_64 t\n{}\nP0 ;\nnop ;\nexists (0:zax=0)', 'test.litmus:5: “zax” is no register'],
      ['X86_64 t\n{}\nP0 ;\nnop ;\nexists (1:rax=0)', 'test.litmus:2: there is no thread P1'],
      ['X86_64 t\n{}\nP0 ;\nnop ;\nexists (0:rax=)', 'test.litmus:5: a value is missing before “)”'],
      ['X86_64 t\n{}\nP0 ;\nnop ;\nexists (0:rax=0', 'test.litmus:5: “)” is missing before the end'],
      ['X86_64 t\n{}\nP0 ;\nnop ;\n', 'test.litmus:5: there is no condition (exists, ~exists or forall)'],
      [
        'X86_64 t\n{}\nP0 ;\nnop ;\nexists (0:rax=0) exists (0:rax=1)',
        'test.litmus:5: the end of the test is missing before “exists”',
      ],
      ['X86_64 t\n{}\nexists (x=0)', 'test.litmus:3: the table of instructions is missing'],
      ['X86_64 t\n{ x=0;\nP0 ;\nnop ;\nexists (x=0)', 'test.litmus:2: the brace of the initial state is never closed'],
      ['X86_64 t\nP0 ;\nnop ;\nexists (x=0)', 'test.litmus:4: the initial state in braces is missing'],
      ['X86_64 t\n{ x=frob(1) }\nP0 ;\nnop ;\nexists (x=0)', 'test.litmus:2: “;” is missing before “(”'],
      ['X86_64 t\n{}\n(* P0 ;\nnop ;\nexists (x=0)', 'test.litmus:3: a comment is never closed'],
      ['X86_64 t\n{}\nP0 | P0 ;\nnop ;\nexists (x=0)', 'test.litmus:2: P0 is there twice'],
      ['X86_64 t\n{}\nQ0 ;\nnop ;\nexists (x=0)', 'test.litmus:3: “Q0” is no thread (P0, P1…)'],
      [
        'AArch64 t\n{}\nP0 ;\nNOP ;\nexists (0:X0=0)',
        'test.litmus:1: tests of AArch64 are not supported: only X86, X86_64 and C',
      ],
      ['', 'test.litmus:1: the first line is not “X86 name”, “X86_64 name” or “C name”'],
      ['X86 t\n{}\0', 'test.litmus:2: there is a NUL character: this is no text'],
      [`X86 t\n{}\n${'P0;'.repeat(1 << 19)}`, 'test.litmus:1: the file has more than 1048576 characters'],
      ['X86 t\n{}\nP0;\nMOVQ [x],$1;\nexists (x=0)', 'test.litmus:4: this machine has no operands of 8 bytes'],
    ];
    for (const [text, expected] of cases) it(expected, async () => assert.equal(await errorOf(text), expected));
  });

  it('reads every beginning of a test without throwing', async () => {
    const text = storeBuffering('LOCK XADD [z],EBX').replace('exists', 'locations [x; y]\nfilter (x=1)\nexists');
    for (let end = 0; end < text.length - 2; end += 3) {
      const { status, text: printed } = await runTest(text.slice(0, end));
      assert.equal(status, 'unread', `${end}: ${printed}`);
    }
  });
});
