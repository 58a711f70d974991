// SPDX-License-Identifier: MIT
import 'mocha/mocha.js';

// In the worker, `mocha` is what the import has defined. Nothing is reported there: index.ts prints what happens.
(mocha as unknown as BrowserMocha).setup({ ui: 'bdd', timeout: 20_000, reporter: class {} as never });
