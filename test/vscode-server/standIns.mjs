// SPDX-License-Identifier: MIT
// Plain JavaScript for two native modules of the VS Code server, which would need a compiler to build.
// Each export is one assignment, because VS Code loads them with import(), which finds names only in this form.

/** `@vscode/spdlog`, the file logger: without it, every log file costs a long error on standard error. */
const spdlog = `'use strict';
const fs = require('fs');
const path = require('path');
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'critical', 'off'];
class Logger {
  constructor(file) { this.file = file; this.level = 2; this.raw = false; }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() { this.raw = true; }
  flush() {}
  drop() { this.file = null; }
  write(level, message) {
    if (!this.file || level < this.level) return;
    const text = this.raw ? message : new Date().toISOString() + ' [' + levels[level] + '] ' + message + '\\n';
    try { fs.appendFileSync(this.file, text); } catch { /* the folder of a window that is gone */ }
  }
}
for (const [level, name] of levels.slice(0, -1).entries()) {
  Logger.prototype[name] = function (message) { this.write(level, message); };
}
async function create(name, file) {
  await fs.promises.mkdir(path.dirname(file), { recursive: true });
  return new Logger(file);
}
exports.version = 0;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
`;

/** `native-watchdog`: ends the extension host when the server that started it is gone. */
const watchdog = `'use strict';
exports.start = (parent) => {
  const look = () => { try { process.kill(parent, 0); } catch { process.exit(87); } };
  setInterval(look, 3000).unref();
};
exports.exit = (code) => process.exit(code || 0);
`;

/** @type {Readonly<Record<string, string>>} */
export const standIns = {
  '@vscode/spdlog': spdlog,
  '@vscode/native-watchdog': watchdog,
  'native-watchdog': watchdog,
};
