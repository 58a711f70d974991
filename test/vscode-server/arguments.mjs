// SPDX-License-Identifier: MIT
// The command line of VS Code's own executable.

/** Options that take a value, also as the next argument. */
const withValue = new Set([
  'category',
  'crash-reporter-directory',
  'disable-extension',
  'enable-proposed-api',
  'extensionDevelopmentKind',
  'extensionDevelopmentPath',
  'extensions-dir',
  'extensionTestsPath',
  'file-uri',
  'folder-uri',
  'install-extension',
  'locale',
  'log',
  'logsPath',
  'profile',
  'uninstall-extension',
  'user-data-dir',
]);

/** What was given, by name; every option may come several times. */
export class Arguments {
  /** @type {Map<string, string[]>} */
  #options = new Map();
  /** Files and folders to open. */
  paths = /** @type {string[]} */ ([]);

  /** @param {readonly string[]} argv */
  constructor(argv) {
    for (let at = 0; at < argv.length; at++) {
      const argument = argv[at] ?? '';
      const [, name, value] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(argument) ?? [];
      if (name) {
        const values = this.#options.get(name) ?? [];
        this.#options.set(name, [...values, value ?? (withValue.has(name) ? (argv[++at] ?? '') : '')]);
      } else if (!argument.startsWith('-')) {
        this.paths.push(argument);
      }
    }
  }

  /** @param {string} name */
  has(name) {
    return this.#options.has(name);
  }

  /** @param {string} name */
  all(name) {
    return this.#options.get(name) ?? [];
  }

  /** The one that counts, the last. @param {string} name */
  last(name) {
    return this.all(name).at(-1);
  }
}
