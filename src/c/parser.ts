// SPDX-License-Identifier: MIT
import { Language, type Node, Parser, type Range } from 'web-tree-sitter';

/** A loaded C parser. */
export interface CParser {
  /**
   * Gives `use` the root of the tree, which is freed when `use` returns; null where the text is nothing that the parser
   * gets through in a few seconds.
   * @param stretches what of the text is read, in order and apart; left out where all is. Offsets stay those of the text.
   */
  parse<T>(text: string, use: (root: Node) => T, stretches?: readonly Stretch[]): T | null;
}

/** Offsets into a text, end exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A stretch as the parser takes it: nobody asks for rows. */
const rangeOf = ({ start, end }: Stretch): Range => ({
  startIndex: start,
  endIndex: end,
  startPosition: { row: 0, column: start },
  endPosition: { row: 0, column: end },
});

/** Milliseconds for one text; kernel code takes one for every three kilobytes. */
const patience = 5000;

/**
 * Loads the parser once. Both arguments are the bytes of wasm modules: web-tree-sitter's runtime and
 * tree-sitter-c's grammar. Rejects where WebAssembly cannot load them.
 */
export async function loadParser(runtimeWasm: Uint8Array, grammarWasm: Uint8Array): Promise<CParser> {
  await Parser.init({ wasmBinary: runtimeWasm });
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammarWasm));
  return {
    parse(text, use, stretches) {
      const end = performance.now() + patience;
      const tree = parser.parse(text, null, {
        progressCallback: () => performance.now() > end,
        ...(stretches ? { includedRanges: stretches.map(rangeOf) } : {}),
      });
      if (tree === null) {
        parser.reset();
        return null;
      }
      try {
        return use(tree.rootNode);
      } finally {
        tree.delete();
      }
    },
  };
}
