// SPDX-License-Identifier: MIT
import { Language, type Node, Parser } from 'web-tree-sitter';

/** A loaded C parser. */
export interface CParser {
  /**
   * Gives `use` the root of the tree, which is freed when `use` returns; null where the text is nothing that the parser
   * gets through in a few seconds.
   */
  parse<T>(text: string, use: (root: Node) => T): T | null;
}

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
    parse(text, use) {
      const end = performance.now() + patience;
      const tree = parser.parse(text, null, { progressCallback: () => performance.now() > end });
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
