// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';

/**
 * Runs npm: the one that runs us, where one does, or else the one on the PATH.
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} options
 */
export function npm(args, options) {
  const env = { ...process.env, ...options.env };
  // They describe the package that we were started for, which need not be the one that npm is to work on.
  for (const name of Object.keys(env)) if (/^npm_(package|lifecycle)_/.test(name)) Reflect.deleteProperty(env, name);
  const self = process.env.npm_execpath;
  return self?.endsWith('.js')
    ? spawnSync(process.execPath, [self, ...args], { ...options, env })
    : spawnSync('npm', args, { ...options, env });
}
