// SPDX-License-Identifier: MIT
/** Replies to patches, written at random and damaged as web archives and mailers damage them, with the truth by line. */

import type { Truth, TruthLine } from './archiveScore';

/** One line of a reply before it is damaged; quoted lines have a depth above 0. */
interface Item {
  readonly depth: number;
  readonly role: string;
  readonly text: string;
  readonly file: string | null;
  readonly old: number | null;
  readonly new: number | null;
}

export interface Reply {
  readonly items: readonly Item[];
  readonly comments: Truth['comments'];
}

export interface Page {
  readonly text: string;
  readonly truth: Truth;
}

/** Numbers from 0 (inclusive) to 1, the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const answers: readonly (readonly string[])[] = [
  ['Why is the lock dropped here?'],
  ['nit: please sort these.'],
  ['Looks wrong to me; the caller frees it as well.'],
  ['This can be written as', '', '\tif (!ptr)', '\t\treturn -EINVAL;', '', 'and the label goes away.'],
  ['Can we avoid the second lookup?', '- it costs a cache line', '- it takes the lock again'],
  ['I would expect x > 0 here.', 'Is it not?'],
  ['Please add a comment.'],
  ['Hmm, does this build without CONFIG_SMP?', '', 'It did not for me.'],
  [
    'This is the third place that does so. A helper would',
    'keep them together, and the next one would not have',
    'to be found by grep.',
  ],
  ["It's not obvious to me why this can't fail."],
];
const elisions = ['[...]', '...', '<snip>', '[snip]', '[ ... ]', '[ ... 12 lines skipped ... ]', '<...>'];

/**
 * Reads a patch as git wrote it: the message, and the rows with their numbers. Null where a hunk is not as it says, and
 * where the message quotes.
 */
export function itemsOfPatch(patch: string): Item[] | null {
  const items: Item[] = [];
  let file: string | null = null;
  let old = 0;
  let fresh = 0;
  let leftOld = 0;
  let leftNew = 0;
  const lines = patch.replace(/\n$/, '').split('\n');
  for (let i = 0; i < lines.length; i++) {
    const text = lines[i] ?? '';
    const add = (role: string, numbers: { old?: number; new?: number } = {}): void => {
      items.push({ depth: 1, role, text, file, old: numbers.old ?? null, new: numbers.new ?? null });
    };
    if (leftOld > 0 || leftNew > 0) {
      const mark = text[0] ?? ' ';
      if (mark === '+') add('add', { new: fresh });
      else if (mark === '-') add('del', { old });
      else if (mark === ' ') add('ctx', { old, new: fresh });
      else return null;
      if (mark !== '+') {
        old++;
        leftOld--;
      }
      if (mark !== '-') {
        fresh++;
        leftNew--;
      }
      continue;
    }
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text);
    const git = /^diff --git a\/(\S+) b\/(\S+)$/.exec(text);
    const named = /^\+\+\+ b\/(\S+)/.exec(lines[i + 1] ?? '');
    if (git !== null) {
      file = git[2] ?? null;
      add('diff');
    } else if (/^--- (?:a\/|\/dev\/null)/.test(text) && named !== null) {
      file = named[1] ?? null;
      add('meta');
    } else if (hunk !== null && file !== null) {
      old = Number(hunk[1]);
      fresh = Number(hunk[3]);
      leftOld = Number(hunk[2] ?? 1);
      leftNew = Number(hunk[4] ?? 1);
      add('hunk');
    } else if (file === null) {
      if (/^(?:---|\+\+\+|Index:) \S/.test(text)) return null;
      add('text');
    } else if (/^(?:index |--- |\+\+\+ |new file|deleted file|similarity|rename|old mode|new mode)/.test(text))
      add('meta');
    else return null;
  }
  // What a commit message quotes itself is told from the quote around it by nothing but marks.
  const quotes = items.some((item) => item.role === 'text' && /^[>|]/.test(item.text));
  return file === null || quotes ? null : items;
}

/** Takes the headers of a patch mail off, and everything behind a signature. */
export function bodyOfPatch(patch: string): string {
  const lines = patch.split('\n');
  const blank = lines.indexOf('');
  const isMail = /^(?:From|Subject|Date|Origin|Bug|Description|Author)[: ]/.test(lines[0] ?? '');
  const body = isMail ? lines.slice(blank + 1) : lines;
  const signature = body.lastIndexOf('-- ');
  return `${(signature < 0 ? body : body.slice(0, signature)).join('\n').replace(/\n+$/, '')}\n`;
}

const kinds = new Set(['add', 'del', 'ctx']);

/**
 * Writes a reply to a patch: quotes it as far as `longest` lines, leaves lines out with and without saying so, and
 * answers at random rows. With `nested` the patch is quoted twice, and the reviewer between has answered too.
 */
export function writeReply(items: readonly Item[], next: () => number, longest: number, nested: boolean): Reply {
  const pick = (count: number): number => Math.floor(next() * count);
  const depth = nested ? 2 : 1;
  const out: Item[] = [];
  const plain = (role: string, text: string, level: number): void => {
    out.push({ depth: level, role, text, file: null, old: null, new: null });
  };
  plain('attribution', 'On Tue, 5 Mar 2024 10:11:12 +0100, Jo Doe wrote:', 0);
  if (nested) plain('attribution', 'On Mon, 4 Mar 2024 09:10:11 +0100, Ann Author wrote:', 1);
  const first = items.findIndex(({ file }) => file !== null);
  const quoted = items.slice(Math.max(0, first - 25), Math.min(items.length, first + longest));
  const rows = quoted.flatMap((item, i) => (kinds.has(item.role) ? [i] : []));
  const places = new Set<number>();
  for (let i = 1 + pick(3); i > 0 && rows.length > 0; i--) places.add(rows[pick(rows.length)] ?? 0);
  const elided = next() < 0.3 && rows.length > 40 ? rows[10 + pick(rows.length - 30)] : undefined;
  const comments: { file: string; old: number | null; new: number | null }[] = [];
  let answered = 0;
  for (let i = 0; i < quoted.length; i++) {
    const item = quoted[i];
    if (item === undefined) break;
    if (i === elided) {
      const count = 3 + pick(6);
      const left = quoted.slice(i, i + count);
      if (
        left.every(({ role }) => kinds.has(role)) &&
        left.length === count &&
        !left.some((_, k) => places.has(i + k))
      ) {
        plain('elision', elisions[pick(elisions.length)] ?? '...', depth);
        i += count - 1;
        continue;
      }
    }
    out.push({ ...item, depth });
    if (!places.has(i) || item.file === null) continue;
    const level = nested && next() < 0.5 ? 1 : 0;
    plain('blank', '', level);
    for (const text of answers[pick(answers.length)] ?? []) {
      out.push({ ...item, depth: level, role: 'comment', text });
    }
    plain('blank', '', level);
    comments.push({ file: item.file, old: item.old, new: item.new });
    answered++;
    // Reviewers cut away what they have read.
    for (let cut = next() < 0.5 ? pick(4) : 0; cut > 0; cut--) {
      const following = quoted[i + 1];
      if (following === undefined || !kinds.has(following.role) || places.has(i + 1) || i + 1 === elided) break;
      i++;
    }
    if (answered === places.size && next() < 0.3) return { items: trimmed(out), comments };
  }
  if (first + longest >= items.length) {
    plain('text', '-- ', depth);
    plain('text', '2.43.0', depth);
  }
  return { items: trimmed(out), comments };
}

/** Without the empty lines at the end. */
function trimmed(items: readonly Item[]): Item[] {
  const last = items.findLastIndex(({ role }) => role !== 'blank');
  return items.slice(0, last + 1);
}

interface Style {
  readonly header: readonly string[];
  readonly footer: readonly string[];
  readonly collapses: boolean;
  readonly mark: (depth: number) => string;
  readonly change: (text: string) => string;
  readonly end: string;
  readonly wraps?: boolean;
  readonly dropsBlank?: boolean;
}

const spaced = (depth: number): string => '> '.repeat(depth);
const mailHeader = [
  'From: Rev Iewer <rev@example.org>',
  'To: Jo Doe <jo@example.org>',
  'Cc: linux-kernel@vger.example.org,',
  '\tx86@example.org',
  'Subject: Re: [PATCH v3 2/5] subsystem: change what was not right',
  'Date: Wed, 06 Mar 2024 05:24:23 -0500',
  'Message-ID: <reply-1@example.org>',
  'In-Reply-To: <part-2@example.org>',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: 8bit',
  '',
];
const openwallHeader = ['[<prev] [next>] [<thread-prev] [thread-next>] [day] [month] [year] [list]'];
const openwallFields = mailHeader.slice(0, 7).map((line) => line.trim());
const hypermailHeader = [
  'Re: [PATCH v3 2/5] subsystem: change what was not right',
  '',
  'From: Rev Iewer',
  'Date: Wed Mar 06 2024 - 05:24:23 EST',
  '',
  '',
];
const hypermail: Style = {
  header: hypermailHeader,
  footer: [],
  collapses: true,
  mark: spaced,
  change: (text) => text.replace(/@[\w.-]+\b/g, (all) => (/^@@/.test(all) ? all : '@xxxxxxxxx')),
  end: '\n',
};

export const styles: Readonly<Record<string, Style>> = {
  'lore-raw': {
    header: ['From mboxrd@z Thu Jan  1 00:00:00 1970', ...mailHeader],
    footer: [],
    collapses: false,
    mark: spaced,
    change: (text) => text,
    end: '\n',
  },
  hypermail,
  'hypermail-soft-breaks': { ...hypermail, mark: (depth) => (depth > 0 ? `= ${spaced(depth)}` : '') },
  'noquote-hypermail': { ...hypermail, mark: () => '' },
  'mail-archive': {
    header: [],
    footer: [],
    collapses: false,
    mark: spaced,
    change: (text) => text.replace(/\t/g, '    ').replace(/(\w)[\w.-]*@(\w[\w-]*\.\w+)/g, '$1...@$2'),
    end: '\n',
    wraps: true,
  },
  'openwall-pre': {
    header: [...openwallHeader, ...openwallFields.map((line) => line.replace(': ', ':\t')), ''],
    footer: ['Powered by blists - more mailing lists'],
    collapses: false,
    mark: spaced,
    change: (text) => text,
    end: '\n',
  },
  'openwall-collapsed': {
    header: [...openwallHeader, ...openwallFields],
    footer: ['Powered by blists - more mailing lists'],
    collapses: true,
    mark: spaced,
    change: (text) => text,
    end: '\n',
    dropsBlank: true,
  },
  pipermail: {
    header: [
      '[PATCH v3 2/5] subsystem: change what was not right',
      '',
      'Rev Iewer rev at example.org',
      'Wed Mar  6 05:24:23 EST 2024',
      '',
      '',
    ],
    footer: [],
    collapses: false,
    mark: (depth) => (depth > 0 ? `${'>'.repeat(depth)} ` : ''),
    change: (text) => text.replace(/(\w)@(\w)/g, '$1 at $2'),
    end: '\n',
  },
  'outlook-crlf-nbsp': {
    header: mailHeader,
    footer: [],
    collapses: false,
    mark: spaced,
    change: (text) => text.replace(/^( ?)(\t+)/, (_, blank, tabs) => `${blank}${'\u00a0'.repeat(4 * tabs.length)}`),
    end: '\r\n',
  },
  'bars-and-marks': {
    ...hypermail,
    header: mailHeader,
    collapses: false,
    change: (text) => text,
    mark: (depth) => ['', '> ', '>| '][depth] ?? '',
  },
  bars: {
    ...hypermail,
    header: mailHeader,
    collapses: false,
    change: (text) => text,
    mark: (depth) => '| '.repeat(depth),
  },
  initials: {
    ...hypermail,
    header: mailHeader,
    collapses: false,
    change: (text) => text,
    mark: (depth) => ['', 'JD> ', 'AA>> '][depth] ?? '',
  },
  'one-line': { ...hypermail, header: [], change: (text) => text, end: ' ', dropsBlank: true },
};

/** Writes a reply as a page of one style, with the truth about each of its lines. */
export function writePage(reply: Reply, name: string): Page {
  const style = styles[name];
  if (style === undefined) throw new Error(`no style ${name}`);
  const lines: string[] = [];
  const truth: TruthLine[] = [];
  let offset = 0;
  const isOneLine = name === 'one-line';
  const add = (text: string, known: Omit<TruthLine, 'line' | 'start' | 'end'>): void => {
    lines.push(text);
    truth.push(isOneLine ? { ...known, start: offset, end: offset + text.length } : { ...known, line: lines.length });
    offset += text.length + style.end.length;
  };
  const none = { depth: 0, file: null, old: null, new: null };
  for (const text of style.header) add(text, { ...none, role: 'header' });
  for (const { text, ...known } of reply.items) {
    if (style.dropsBlank && known.depth === 0 && text === '') continue;
    let behind = style.change(text);
    if (style.collapses) behind = behind.replace(/\s+/g, ' ').trim();
    const mark = style.mark(known.depth);
    const whole = behind === '' || style.collapses ? (mark + behind).trimEnd() : mark + behind;
    if (style.wraps && known.depth > 0 && behind.length > 80) {
      const at = behind.lastIndexOf(' ', 79);
      if (at > 20 && /\S/.test(behind.slice(1, at))) {
        add(mark + behind.slice(0, at + 1), known);
        add(mark + behind.slice(at + 1), { ...known, role: 'wrap' });
        continue;
      }
    }
    add(whole, known);
  }
  for (const text of style.footer) add(text, { ...none, role: 'header' });
  return {
    text: isOneLine ? lines.join(' ') : lines.map((line) => line + style.end).join(''),
    truth: { style: name, comments: reply.comments, lines: truth },
  };
}
