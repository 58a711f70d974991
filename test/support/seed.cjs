// SPDX-License-Identifier: MIT
// In CI the same random input every time: a change is not refused for what it did not touch. Elsewhere other input each time.
if (process.env.CI) require('fast-check').configureGlobal({ seed: 20261120 });
