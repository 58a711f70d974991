// SPDX-License-Identifier: MIT
/**
 * Finds what a C file defines at file level without parsing it: one pass over the characters that knows comments,
 * strings, brackets and conditionals. Made for whole kernel trees: about 60 MB a second.
 */

import { freshItem, type Item, type Open } from './definitionItem';
import { createDirectives } from './directives';
import { attributeCalls, attributeWords, perCpuMacro } from './kernelWords';
import { macroFunctionName } from './macroHead';
import { commentEnd, directiveEnd, isWord, tokenEnd } from './scanText';

export interface Definition {
  /** `prototype` and `extern`: a function and a variable that are declared only. */
  readonly kind:
    | 'function'
    | 'prototype'
    | 'struct'
    | 'union'
    | 'enum'
    | 'constant'
    | 'typedef'
    | 'variable'
    | 'extern'
    | 'macro';
  readonly name: string;
  /** Offset of the first character; that of the whole enum for a constant. */
  readonly start: number;
  /** Offset behind the last character. */
  readonly end: number;
  readonly isStatic: boolean;
  /** Whether the conditionals around it hold in the configuration. */
  readonly configured: boolean;
}

/** Words with an argument list that may stand in a head and name nothing. */
const noName = (word: string): boolean => attributeCalls.has(word) || /^(__)?typeof(__|_unqual)?$/.test(word);

/** Whether a word can only stand where a declaration begins. */
const storage = (text: string, at: number, size: number): boolean =>
  size === 6 && (text.startsWith('static', at) || text.startsWith('extern', at));

/**
 * Lists the definitions of a whole file in the order in which they end. Where conditionals split a definition, the
 * branch that is configured counts. Never throws; one pass.
 * @param symbol the configuration: value of a preprocessor symbol, or null where it is not defined
 */
export function indexDefinitions(text: string, symbol: (name: string) => bigint | null): Definition[] {
  const found: Definition[] = [];
  let item = freshItem();
  let open: Open[] = [];
  /** Depth of round and square brackets. */
  let round = 0;
  /** The last word outside the bodies of functions. */
  let lastWord: readonly [from: number, to: number] = [0, 0];
  /** In the body of an enum, before the name of a constant. */
  let expectConstant = false;
  const directives = createDirectives(symbol);
  /** Open conditionals, with what was open where each began and how its configured branch left it. */
  const conditionals: { readonly saved: State; result: State | null }[] = [];
  interface State {
    readonly item: Item;
    readonly open: Open[];
    readonly round: number;
    readonly expectConstant: boolean;
  }
  const save = (): State => ({
    item: { ...item, groups: [...item.groups], declared: [...item.declared] },
    open: [...open],
    round,
    expectConstant,
  });
  const restore = (state: State): void => {
    item = { ...state.item, groups: [...state.item.groups], declared: [...state.item.declared] };
    open = [...state.open];
    round = state.round;
    expectConstant = state.expectConstant;
  };
  const add = (kind: Definition['kind'], name: string, start: number, end: number, isStatic = item.isStatic): void => {
    if (name !== '') found.push({ kind, name, start, end, isStatic, configured: directives.active() });
  };

  const length = text.length;
  let i = 0;
  while (i < length) {
    const c = text.charCodeAt(i);
    if (isWord(c)) {
      const from = i++;
      while (i < length && isWord(text.charCodeAt(i))) i++;
      const top = open.at(-1);
      if (top?.kind !== 'function' && (c < 48 || c > 57)) word(from, i, top);
      continue;
    }
    switch (c) {
      case 47: // '/'
        if (text.charCodeAt(i + 1) === 42) {
          const end = text.indexOf('*/', i + 2);
          i = end < 0 ? length : end + 2;
        } else if (text.charCodeAt(i + 1) === 47) i = commentEnd(text, i);
        else i++;
        continue;
      case 34: // '"'
      case 39: // "'"
        i = tokenEnd(text, i);
        continue;
      case 35: // '#'
        if (beginsLine(text, i)) {
          const end = directiveEnd(text, i);
          directive(i, end);
          i = end;
        } else i++;
        continue;
      case 40: // '('
        bracket(i);
        break;
      case 91: // '['
        round++;
        break;
      case 41:
      case 93:
        if (round > 0) round--;
        break;
      case 123: // '{'
        brace(i);
        break;
      case 125: // '}'
        closing(i);
        break;
      case 59: // ';'
        if (open.length === 0) {
          if (round === 0 || text.charCodeAt(i + 1) === 10) {
            end(i + 1);
            round = 0;
          }
        } else item.keyword = null;
        break;
      case 44: // ','
        if (round === 0 || open.length > 0) {
          if (open.at(-1)?.kind === 'enum') expectConstant = round === 0;
          else if (open.length === 0) declarator();
        }
        break;
      case 61: // '='
        if (open.length === 0 && round === 0 && text.charCodeAt(i + 1) !== 61) {
          declarator();
          item.assigned = true;
        }
        expectConstant = false;
        item.keyword = null;
        break;
      case 42: // '*'
      case 58: // ':'
        item.keyword = null;
        break;
      default:
        break;
    }
    i++;
  }
  return found;

  function word(from: number, to: number, top: Open | undefined): void {
    lastWord = [from, to];
    const size = to - from;
    const first = text.charCodeAt(from);
    // Keywords by their first letter and length: cutting a string out of the text for each word is too slow.
    const keyword =
      first === 115 && size === 6 && text.startsWith('struct', from)
        ? 'struct'
        : first === 117 && size === 5 && text.startsWith('union', from)
          ? 'union'
          : first === 101 && size === 4 && text.startsWith('enum', from)
            ? 'enum'
            : null;
    if (top?.kind === 'enum') {
      if (expectConstant && round === 0) {
        top.constants.push(text.slice(from, to));
        expectConstant = false;
      }
      return;
    }
    if (keyword && (round === 0 || open.length > 0)) {
      item.keyword = keyword;
      item.keywordAt = from;
      item.tag = '';
    } else if (item.keyword && round === 0) {
      // Attributes may stand on either side of the tag.
      const name = text.slice(from, to);
      if (!attributeCalls.has(name) && !name.startsWith('__attribute') && item.tag === '') item.tag = name;
    }
    if (open.length > 0) return;
    if (item.start < 0) item.start = from;
    else if (
      round === 0 &&
      item.words > 0 &&
      !item.assigned &&
      ((item.words === 1 && item.groups.length === 1) || storage(text, from, size)) &&
      beginsLine(text, from)
    ) {
      // What stood before was a macro without a semicolon.
      item = { ...freshItem(), start: from, keyword, keywordAt: from };
    }
    if (round > 0) {
      if (item.starred && item.starred[1] === 0) item.starred = [from, to];
      return;
    }
    if (first === 115 && storage(text, from, size)) item.isStatic = true;
    else if (first === 101 && size === 6 && text.startsWith('extern', from)) item.isExtern = true;
    else if (first === 116 && size === 7 && text.startsWith('typedef', from)) item.isTypedef = true;
    if (first === 95 && attributeWords.has(text.slice(from, to))) return;
    item.words++;
    if (!item.assigned) {
      item.from = from;
      item.to = to;
    }
  }

  function bracket(at: number): void {
    if (!noName(text.slice(lastWord[0], lastWord[1]))) item.keyword = null;
    if (open.length === 0 && round === 0 && !item.assigned && item.start >= 0) {
      let next = at + 1;
      while (text.charCodeAt(next) === 32) next++;
      if (text.charCodeAt(next) === 42 && item.starred === null) item.starred = [0, 0];
      else if (item.to > 0) item.groups.push({ from: item.from, to: item.to, inside: at + 1, typed: item.words > 1 });
    }
    round++;
  }

  function brace(at: number): void {
    const start = item.start < 0 ? at : item.start;
    const bodies = item.keyword !== null && (round === 0 || open.length > 0);
    if (bodies && item.keyword !== null) {
      open.push({ kind: item.keyword, name: item.tag, start: item.keywordAt, constants: [] });
      expectConstant = item.keyword === 'enum';
      item.keyword = null;
      return;
    }
    if (open.length === 0 && !item.assigned && item.groups.length > 0 && round === 0) {
      open.push({ kind: 'function', name: functionName(), start, constants: [] });
      return;
    }
    // `extern "C" {` is no body: what stands in it stands at file level.
    if (open.length === 0 && item.isExtern && item.words === 1) {
      item = freshItem();
      return;
    }
    open.push({ kind: 'other', name: '', start, constants: [] });
  }

  function closing(at: number): void {
    const top = open.pop();
    if (top === undefined) {
      item = freshItem();
      round = 0;
      return;
    }
    if (top.kind === 'function') {
      add('function', top.name, top.start, at + 1);
      item = freshItem();
      round = 0;
    } else if (top.kind !== 'other') {
      add(top.kind, top.name, top.start, at + 1, false);
      for (const name of top.constants) add('constant', name, top.start, at + 1, false);
      expectConstant = false;
      // The tag is no variable: what the item declares stands behind the body.
      if (open.length === 0) item.to = 0;
    } else if (open.length === 0 && !item.assigned && item.declared.length === 0) item = freshItem();
  }

  /** The name that a head gives to a function. */
  function functionName(): string {
    const named = item.groups.filter((g) => !noName(text.slice(g.from, g.to)));
    const group = named.find((g) => g.typed) ?? named[0];
    if (!group) return '';
    const name = text.slice(group.from, group.to);
    return group.typed ? name : macroFunctionName(name, text.slice(group.inside, group.inside + 200));
  }

  /** A comma or an equals sign ends what names a variable. */
  function declarator(): void {
    if (item.assigned) {
      // `int a = 1, b = 2;`: what follows names the next one.
      item.assigned = false;
      item.to = 0;
      return;
    }
    if (item.starred && item.starred[1] > 0) item.declared.push(item.starred);
    else if (item.to > 0 && item.groups.length === 0) item.declared.push([item.from, item.to]);
    item.starred = null;
    item.to = 0;
  }

  /** A semicolon ends an item at file level. */
  function end(at: number): void {
    const { start } = item;
    if (start >= 0) {
      if (item.isTypedef) {
        const [from, to] = item.starred ?? [item.groups[0]?.from ?? item.from, item.groups[0]?.to ?? item.to];
        add('typedef', text.slice(from, to), start, at, false);
      } else if (item.groups.length > 0 && item.declared.length === 0 && !item.starred) grouped(at);
      else {
        if (!item.assigned && item.words > 1) declarator();
        const kind = item.isExtern ? 'extern' : 'variable';
        for (const [from, to] of item.declared) add(kind, text.slice(from, to), start, at);
      }
    }
    item = freshItem();
  }

  /** An item with a bracket: a prototype, or a macro that declares a variable. */
  function grouped(at: number): void {
    const named = item.groups.filter((g) => !noName(text.slice(g.from, g.to)));
    const group = named[0];
    if (!group) {
      if (item.to > 0 && item.words > 1)
        add(item.isExtern ? 'extern' : 'variable', text.slice(item.from, item.to), item.start, at);
      return;
    }
    const name = text.slice(group.from, group.to);
    const parameters = text.slice(group.inside, group.inside + 200);
    if (perCpuMacro.test(name)) {
      const variable = /^[^(),]*,\s*(\w+)/.exec(parameters)?.[1] ?? '';
      add(name.startsWith('DEFINE') ? 'variable' : 'extern', variable, item.start, at);
    } else if (/^((DEFINE|DECLARE)_\w+|LIST_HEAD|HLIST_HEAD)$/.test(name)) {
      const variable = /^\s*(\w+)/.exec(parameters)?.[1] ?? '';
      add(item.isExtern ? 'extern' : 'variable', variable, item.start, at);
    } else if (group.typed) add('prototype', name, item.start, at);
  }

  function directive(from: number, to: number): void {
    const name = /^#[ \t]*(\w+)/.exec(text.slice(from, Math.min(to, from + 200)))?.[1] ?? '';
    const was = directives.active();
    if (name === 'define') {
      const macro = /^#[ \t]*define\s+(\w+)/.exec(text.slice(from, Math.min(to, from + 200)))?.[1] ?? '';
      add('macro', macro, from, to, false);
    }
    directives.read(text.slice(from + 1, to), from);
    if (name.startsWith('if')) conditionals.push({ saved: save(), result: null });
    else if (name.startsWith('el') || name === 'endif') {
      const top = name === 'endif' ? conditionals.pop() : conditionals.at(-1);
      if (!top) return;
      // Each branch begins as the first one did; the configured one says how it goes on.
      if (was && top.result === null) top.result = save();
      restore(name === 'endif' ? (top.result ?? top.saved) : top.saved);
    }
  }
}

/** Whether only blanks stand between an offset and the beginning of its line. */
function beginsLine(text: string, at: number): boolean {
  let i = at - 1;
  while (i >= 0 && (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 9)) i--;
  return i < 0 || text.charCodeAt(i) === 10;
}
