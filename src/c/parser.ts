// SPDX-License-Identifier: MIT
import { Language, type Node, Parser } from 'web-tree-sitter';

/** A loaded C parser; `parse` gives the root of the tree and frees it when `use` returns. */
export interface CParser {
  parse<T>(text: string, use: (root: Node) => T): T;
}

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
      const tree = parser.parse(text);
      if (tree === null) throw new Error('the C parser gave no tree');
      try {
        return use(tree.rootNode);
      } finally {
        tree.delete();
      }
    },
  };
}
