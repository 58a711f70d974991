// SPDX-License-Identifier: MIT
/**
 * Random functions of the C that runs, without undefined or unspecified behaviour: shifts are masked, divisors are not
 * zero, loops end, and what one full expression changes it names only once.
 */
import { randomExpressions } from './randomExpression';
import { randomOf } from './support';

const types = [
  'u8',
  's8',
  'u16',
  's16',
  'u32',
  's32',
  'u64',
  's64',
  'bool',
  'int',
  'unsigned int',
  'long',
  'unsigned long',
  'short',
  'unsigned char',
  'signed char',
  'long long',
] as const;

/** Text of one random function `f<id>` with its globals and helper, and of `run<id>`, which puts its value in `result`. */
export function randomFunction(seed: number, id: number): string {
  const r = randomOf(seed);
  const g = randomExpressions(r);
  const { expression, effect, scalars } = g;
  let names = 0;
  const fresh = (prefix: string): string => `${prefix}${names++}`;
  const lines: string[] = [];
  const labels: string[] = [];
  let statements = 0;
  let loops = 0;

  const constant = (): string =>
    r.pick([
      '0',
      '1',
      '-1',
      '7',
      '200',
      '-300',
      '0x80000000',
      '65535',
      "'a'",
      'HIGH',
      'LOW',
      'WIDE',
      'SCALE',
      '0xffffffffffffffff',
      '5000000000',
    ]);
  const head: string[] = [];
  const globals: string[] = [];
  for (let i = r.below(3); i >= 0; i--) {
    const name = `g${id}_${i}`;
    const type = r.pick(types);
    head.push(`${r.chance(50) ? 'static ' : ''}${type} ${name}${r.chance(70) ? ` = ${constant()}` : ''};`);
    globals.push(name);
  }
  head.push(
    `static struct outer go${id} = { ${r.pick(['0', `.q = ${constant()}, .list = { 1, [2] = ${constant()} }`, `1, { 2, 3, ${constant()} }, 5, { 6 }`, `.in = { .w = 9 }, .list = { [1] = 4, 5 }`, `.in.h = -3, .list[1] = 8`])} };`,
  );
  head.push(`static ${r.pick(types)} ga${id}[] = { 3, ${constant()}, [3] = ${constant()} };`);
  head.push(`static operation_t gf${id}[2] = { first_of, ${r.chance(50) ? '&' : ''}second_of };`);
  head.push(`static struct flags gfl${id} = { .b = -7, .d = 9, .e = 0x123456789a, .g = 0x7fffffff };`);
  const parameters = [r.pick(types), r.pick(types)];
  head.push(`static ${r.pick(types)} h${id}(${parameters[0]} a, ${parameters[1]} b)`);
  g.open();
  g.declare('a');
  g.declare('b');
  for (const name of globals) g.declare(name, 'global');
  head.push(`{`, `\tstatic ${r.pick(types)} calls = ${r.below(5)};`, `\tcalls += a;`);
  if (globals[0]) head.push(`\t${globals[0]} ^= ${expression(1, false)};`);
  head.push(`\tif (${expression(2)})`, `\t\treturn ${expression(2)};`, `\treturn ${expression(2)} + calls;`, `}`);
  g.close();

  g.open();
  for (const name of globals) g.declare(name, 'global');
  g.lvalues.push(
    () => `go${id}.q`,
    () => `go${id}.in.w`,
    () => `go${id}.list[${g.index(3)}]`,
    () => `ga${id}[${g.index(4)}]`,
  );
  const put = (depth: number, text: string): number => lines.push(`${'\t'.repeat(depth)}${text}`);
  const local = (depth: number): void => {
    const name = fresh('v');
    put(depth, `${r.chance(8) ? 'typeof((u8)1)' : r.pick(types)} ${name} = ${expression(2)};`);
    g.declare(name);
  };

  put(0, `static u64 f${id}(void)`);
  put(0, '{');
  for (let i = 0; i < 3; i++) local(1);
  put(1, `s32 taken = ${expression(1)};`);
  put(1, `s32 *pointer = &taken;`);
  put(1, `${r.pick(types)} array[4] = { ${expression(1, false)}, ${expression(1, false)} };`);
  put(1, `s16 square[2][3] = { { 1, 2 }, { ${expression(1)} } };`);
  put(1, `struct inner si = { ${expression(1, false)}, .w = ${expression(1, false)} };`);
  put(
    1,
    `struct outer so = ${r.pick(['{ 0 }', `{ .in = { 1, 2, 3 }, .list = { [1] = 4 } }`, `{ .q = 9, .in.h = ${expression(1)} }`, `go${id}`])};`,
  );
  put(1, 'struct outer *po = &so;');
  put(1, `union both un = { .w = ${expression(1)} };`);
  put(
    1,
    `struct flags fl = ${r.pick(['{ 0 }', '{ 1, -2, 1, 3 }', `{ .e = ${constant()}, .h = 5 }`, `{ ${expression(1)}, .g = 9 }`])};`,
  );
  put(
    1,
    `struct deep de = ${r.pick(['{ 0 }', `{ .o[1].in.w = ${constant()} }`, '{ 1, { { 2 }, { .q = 3 } }, { -4, { 5 } } }', '{ .in = { .z = { 1, 2 } }, .fl = { .b = -3 } }'])};`,
  );
  put(1, `struct inner table[3] = { { 1, -2, 3 }, [2] = { .h = ${expression(1, false)} } };`);
  put(1, 'struct item items[3] = { { 1, .w = -1 }, { 2, .w = 20 }, { 3, .w = 300 } };');
  put(1, 'struct list_head queue;');
  put(1, 'u32 *word = &table[1].w;');
  put(1, 'struct deep *pd = &de;');
  put(1, 'list_start(&queue);');
  for (const index of r.pick([[], [0], [1, 2], [2, 0, 1], [0, 1, 2]]))
    put(1, `list_append(&items[${index}].link, &queue);`);
  put(1, 'u64 hash = 1;');
  put(1, 'so.link = &si;');
  g.lvalues.push(
    () => 'taken',
    () => '*pointer',
    () => `array[${g.index(4)}]`,
    () => `square[${g.index(2)}][${g.index(3)}]`,
    () => r.pick(['si.b', 'si.h', 'si.w']),
    () => r.pick(['so.c', 'so.in.h', 'so.q', `so.list[${g.index(3)}]`, 'so.link->w', '(*so.link).h']),
    () =>
      r.pick(['po->c', 'po->in.b', 'po->q', `po->list[${g.index(3)}]`, 'po->link->h', `*(po->list + ${g.index(3)})`]),
    () =>
      r.pick(['fl.a', 'fl.b', 'fl.c', 'fl.d', 'fl.f', 'fl.g', 'fl.h', 'fl.last', 'pd->fl.b', 'pd->fl.g', `gfl${id}.f`]),
    () =>
      r.pick([
        'de.tag',
        `de.o[${g.index(2)}].q`,
        `pd->o[${g.index(2)}].in.h`,
        'pd->in.x',
        'de.in.y',
        `de.in.z[${g.index(4)}]`,
      ]),
    () =>
      r.pick([
        `table[${g.index(3)}].w`,
        `(table + ${g.index(3)})->h`,
        `(&table[2])[-(int)(${g.index(2)})].b`,
        '*word',
        `items[${g.index(3)}].v`,
        `items[${g.index(3)}].w`,
      ]),
    () => r.pick(['un.w', `un.b[${g.index(4)}]`, `un.h[${g.index(2)}]`]),
  );

  const assignment = (): string => {
    const roll = r.below(100);
    if (roll < 12) return effect();
    if (roll < 16) {
      const change = g.effectInTarget();
      const place = r.pick([`array[(u8)${change} & 3]`, `table[(u8)${change} % 3].w`, `de.o[${change} & 1].list[0]`]);
      if (change) return `${place} ${r.pick(['=', '+=', '-=', '*=', '^=', '|=', '&='])} ${expression(2)}`;
    }
    if (roll < 18)
      return r.pick([
        `fl.e = ${expression(2)}`,
        `de.fl.e += ${expression(1)}`,
        'pd->fl = fl',
        `gfl${id} = pd->fl`,
        'de.o[1] = so',
        'table[0] = table[2]',
        `word = ${r.pick(['&si.w', '&de.o[1].in.w', `&table[${g.index(3)}].w`, '&un.w'])}`,
        `ADD_ALL(hash, ${expression(1, false)}, ${expression(1, false)})`,
        `JOINED(ha, sh) ^= ${expression(1)}`,
      ]);
    const target = g.lvalue();
    if (roll < 20)
      return `${target} = LIMITED(+(${expression(1, false)}), ${r.pick(['-5', '0', '3'])}, ${r.pick(['7', '100', '1000'])})`;
    if (roll < 24) return `${target} = ${g.plain(() => `h${id}(${expression(1, false)}, ${expression(1, false)})`)}`;
    if (roll < 28) return `${target} = gf${id}[${g.index(2)}](${expression(1, false)}, ${expression(1, false)})`;
    if (roll < 32)
      return r.pick([
        `bump(&taken, ${expression(1)})`,
        `bump(pointer, ${expression(1)})`,
        `bump(&so.list[1], ${expression(1)})`,
      ]);
    if (roll < 36)
      return r.pick([
        `si = make_inner(${expression(1, false)}, ${expression(1, false)})`,
        'so.in = si',
        'si = po->in',
        '*so.link = so.in',
        `so = go${id}; so.link = &si`,
        `si = (struct inner){ ${expression(1)}, 2 }`,
      ]);
    if (roll < 39)
      return `${target} = ${r.pick(['sum_inner(si)', 'sum_inner(so.in)', `make_inner(${expression(1)}, 3).h`])}`;
    if (roll < 42)
      return `pointer = ${r.pick(['&taken', '&so.list[0]', 'po->list + 1', `&po->list[${g.index(3)}]`, 'so.list'])}`;
    if (roll < 70) return `${target} = ${expression(3)}`;
    const operator = r.pick(['+', '-', '*', '&', '|', '^', '<<', '>>', '/', '%']);
    if (operator === '<<' || operator === '>>') return `${target} ${operator}= ${expression(1)} & 7`;
    if (operator === '/' || operator === '%')
      return `${target} ${operator}= (${expression(1)} & 15) + ${r.pick(['1', '1u', '3L'])}`;
    return `${target} ${operator}= ${expression(2)}`;
  };

  const walk = (): string => {
    const p = fresh('p');
    const step = r.pick([
      `*${p}++`,
      `*++${p}`,
      `(*${p})++`,
      `-*${p}++`,
      `!*${p}++`,
      `(u8)*${p}++`,
      `${p}++->h`,
      `-${p}->w`,
    ]);
    const inner = step.includes('->');
    return `{ ${inner ? 'struct inner' : 's32'} *${p} = ${inner ? 'so.link' : r.pick(['so.list', '&po->list[1]'])}; hash += ${step}; hash ^= ${p} - ${inner ? '&si' : 'so.list'}; }`;
  };
  const list = (depth: number): void => {
    const p = fresh('p');
    const kind = r.below(4);
    put(depth, `{ struct item *${p}${kind === 3 ? `, *${p}n` : ''};`);
    if (kind === 0) put(depth, `list_for_each_entry(${p}, &queue, link) {`);
    else if (kind === 1) put(depth, `list_for_each_entry_reverse(${p}, &queue, link) {`);
    else if (kind === 2) put(depth, `for (${p} = items; ${p} < items + 3; ${p}++) {`);
    else put(depth, `list_for_each_entry_safe(${p}, ${p}n, &queue, link) {`);
    put(depth + 1, `hash = mix(hash, ${p}->v + ${p}->w);`);
    if (kind === 3 && r.chance(50)) put(depth + 1, `if (${expression(1)}) { list_remove(&${p}->link); break; }`);
    else if (r.chance(40)) put(depth + 1, `if (${p}->w > ${expression(1)}) ${r.pick(['continue', 'break'])};`);
    put(depth + 1, `${p}->w += ${expression(2)};`);
    put(depth, '} }');
  };
  /** A list of objects of their own, of which some are freed on the way and the others at the end. */
  const objects = (depth: number): void => {
    const [p, h, k] = [fresh('p'), fresh('h'), fresh('k')];
    put(depth, `{ struct item *${p}, *${p}n; struct list_head ${h}; list_start(&${h});`);
    put(depth, `for (int ${k} = 0; ${k} < ${1 + r.below(4)}; ${k}++) {`);
    put(depth + 1, `${p} = ${r.pick(['kmalloc(sizeof(*', 'kzalloc(sizeof(*', 'kcalloc(1, sizeof(*'])}${p}), 0);`);
    put(depth + 1, `${p}->v = ${expression(1)}; ${p}->w = ${k};`);
    put(depth + 1, `list_append(&${p}->link, &${h});`);
    put(depth, '}');
    put(depth, `list_for_each_entry_safe(${p}, ${p}n, &${h}, link) {`);
    put(depth + 1, `if (${p}->w ${r.pick(['==', '!=', '<'])} ${r.below(4)}) continue;`);
    put(depth + 1, `list_remove(&${p}->link); hash = mix(hash, ${p}->v + ${p}->w); kfree(${p});`);
    put(depth, '}');
    put(depth, `list_for_each_entry(${p}, &${h}, link) hash = mix(hash, ${p}->v * 3 + ${p}->w);`);
    put(depth, `while (${h}.next != &${h}) {`);
    put(depth + 1, `${p} = container_of(${h}.next, struct item, link); list_remove(&${p}->link); kfree(${p});`);
    put(depth, '} }');
  };
  /** Bytes set, copied and compared, of sizes that are constants or not. */
  const bytes = (depth: number): void => {
    const count = r.pick(['1', '2', '3', `(${expression(1)} & 3)`, `((u8)${expression(1)} % 4)`]);
    const size = `${count} * sizeof(s32)`;
    const [p, k] = [fresh('p'), fresh('k')];
    put(depth, `{ u64 ${k} = ${size};`);
    put(
      depth,
      r.pick([
        `memset(so.list, ${expression(1)}, ${k});`,
        `memset(&de.o[${r.below(2)}].list[0], ${r.below(256)}, ${size});`,
        `memcpy(so.list, go${id}.list, ${k});`,
        `memcpy(&de.o[1], &so, sizeof(so)); de.o[1].link = 0;`,
        `memmove(de.o[0].list, &de.o[0].list[1], ${k} > 8 ? 8 : ${k});`,
        `memmove(&de.o[0].list[1], de.o[0].list, ${k} > 8 ? 8 : ${k});`,
        `memmove(table, &table[1], 2 * sizeof(table[0]));`,
        `hash = mix(hash, (memcmp(so.list, go${id}.list, ${k}) > 0) - (memcmp(so.list, de.o[0].list, ${size}) < 0));`,
        `s32 *${p} = kmemdup(so.list, sizeof(so.list), 0); hash = mix(hash, ${p}[0] + ${p}[2]); kfree(${p});`,
        `u8 *${p} = kzalloc(${k} + 3, 0); ${p}[${k}] = 7; hash = mix(hash, ${p}[0] + ${p}[${k}] + ${p}[${k} + 2]); kfree(${p});`,
      ]),
    );
    put(depth, '}');
  };
  const thirds = (depth: number): void => {
    const k = fresh('k');
    put(depth, `{ u32 ${k}; for_each_third(${k}, ${r.below(3)}, ${3 + r.below(6)}) {`);
    put(depth + 1, `hash = mix(hash, ${k});`);
    if (r.chance(40)) put(depth + 1, `if (${expression(1)}) ${r.pick(['continue', 'break'])};`);
    put(depth + 1, `${assignment()};`);
    put(depth, '} }');
  };
  const body = (depth: number, inLoop: boolean, count = 1 + r.below(3)): void => {
    g.open();
    for (let i = 0; i < count; i++) statement(depth, inLoop);
    g.close();
  };
  const loop = (depth: number): void => {
    loops++;
    const k = fresh('k');
    const n = 1 + r.below(4);
    switch (r.below(5)) {
      case 0:
        put(
          depth,
          `for (${r.pick(['int', 'u8', 's64', 'unsigned int'])} ${k} = 0; ${k} < ${n}; ${r.pick([`${k}++`, `++${k}`, `${k} += 1`])}) {`,
        );
        g.open();
        g.declare(k, 'read');
        break;
      case 1:
        put(depth, `{ int ${k} = ${n}; while (${k}--) {`);
        g.open();
        g.declare(k, 'read');
        break;
      case 2:
        put(depth, `{ s16 ${k} = 0; while (${k}++ < ${n} && ${expression(2)}) {`);
        g.open();
        g.declare(k, 'read');
        break;
      case 3:
        put(depth, `{ u32 ${k} = 0; do {`);
        g.open();
        g.declare(k, 'read');
        break;
      default:
        put(depth, `{ int ${k}, ${k}e = ${n}; for (${k} = 0; ; ${k} += 2) { if (${k} >= ${k}e) break;`);
        g.open();
        g.declare(k, 'read');
    }
    const kind = lines.at(-1) ?? '';
    body(depth + 1, true);
    g.close();
    if (kind.includes('do {')) put(depth, `} while (++${k} < ${n} ${r.chance(50) ? `&& ${expression(1)}` : ''}); }`);
    else put(depth, kind.trimStart().startsWith('for') ? '}' : '} }');
    loops--;
  };
  const choice = (depth: number, inLoop: boolean): void => {
    put(
      depth,
      `switch (${r.pick([`${expression(2)} & 7`, `(s8)${expression(1)}`, `(u8)${expression(2)} % 5`, `${expression(1)}`, `(u64)${expression(1)}`])}) {`,
    );
    const values = [
      '0',
      '1',
      'SCALE',
      '2',
      'LOW',
      '-1',
      "'a'",
      '1 << 2',
      'TOP',
      '5 ... 6',
      '0xffffff80',
      '4000000000',
    ].filter(() => r.chance(40));
    const defaultAt = r.below(values.length + 2);
    values.forEach((value, i) => {
      if (i === defaultAt) put(depth, 'default:');
      put(depth, `case ${value}:`);
      if (r.chance(75)) {
        put(depth, '{');
        body(depth + 1, inLoop, 1 + r.below(2));
        put(depth, '}');
      }
      if (r.chance(60)) put(depth + 1, 'break;');
      else if (r.chance(20) && inLoop) put(depth + 1, 'continue;');
    });
    put(depth + 1, ';');
    put(depth, '}');
  };

  function statement(depth: number, inLoop: boolean): void {
    statements++;
    if (statements > 16 || depth > 5) {
      put(depth, `${assignment()};`);
      return;
    }
    const roll = r.below(100);
    if (roll < 45) put(depth, `${assignment()};`);
    else if (roll < 49) local(depth);
    else if (roll < 52) put(depth, walk());
    else if (roll < 54) list(depth);
    else if (roll < 56) objects(depth);
    else if (roll < 58) bytes(depth);
    else if (roll < 59) thirds(depth);
    else if (roll < 66) {
      put(depth, `if (${expression(3)}) {`);
      body(depth + 1, inLoop);
      if (r.chance(30)) {
        put(depth, `} else if (${expression(2)}) {`);
        body(depth + 1, inLoop);
      }
      if (r.chance(40)) {
        put(depth, '} else {');
        body(depth + 1, inLoop);
      }
      put(depth, '}');
    } else if (roll < 78 && loops < 2) loop(depth);
    else if (roll < 86) choice(depth, inLoop);
    else if (roll < 90 && inLoop) put(depth, `if (${expression(2)}) ${r.pick(['break', 'continue'])};`);
    else if (roll < 93) {
      const label = `out${labels.length}`;
      labels.push(label);
      put(depth, `if (${expression(2)})`);
      put(depth + 1, `goto ${label};`);
    } else if (roll < 95) {
      const [again, k] = [fresh('again'), fresh('n')];
      put(depth, `{ int ${k} = 0;`);
      put(depth, `${again}:`);
      put(depth, `\t${assignment()};`);
      put(depth, `\tif (${k}++ < ${r.below(3)}) goto ${again}; }`);
    } else if (roll < 97) put(depth, `${g.lvalue()} = ({ ${r.pick(types)} t = ${expression(2, false)}; t + 1; });`);
    else
      put(
        depth,
        `{ ${r.chance(50) ? 'u8' : 'long'} static_count; { static int kept = ${constant()}; kept += 3; static_count = kept; } hash = mix(hash, static_count); }`,
      );
  }

  g.open();
  for (let i = 3 + r.below(6); i > 0; i--) statement(1, false);
  g.close();
  for (const label of labels) put(0, `${label}:\thash += ${r.below(100)};`);
  for (const name of scalars()) put(1, `hash = mix(hash, (u64)${name});`);
  for (let i = 0; i < 4; i++) put(1, `hash = mix(hash, (u64)array[${i}] + ga${id}[${i}]);`);
  put(
    1,
    `hash = mix(hash, table[0].w + table[1].h * 3L + table[2].b * 5L + items[0].w + items[1].w * 3L + items[2].v);`,
  );
  put(1, `hash = mix(sum_deep(sum_flags(sum_flags(hash, &fl), &gfl${id}), pd), *word);`);
  put(1, `return sum_up(mix(hash, (u64)taken), pointer, square, &si, &so, &go${id}, &un);`);
  put(0, '}');
  g.close();
  return `${head.join('\n')}\n${lines.join('\n')}\nvoid run${id}(void)\n{\n\tresult = f${id}();\n}\n`;
}
