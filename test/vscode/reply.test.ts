// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { closeAll, open, samples, until } from './helpers';

/** The text of the document in front, where it begins so. */
const shown = (begin: string): string | undefined => {
  const text = vscode.window.activeTextEditor?.document.getText() ?? '';
  return text.startsWith(begin) ? text : undefined;
};

/** A patch mail that no scenario runs. */
const mail = (
  version: number,
  part: number,
): string => `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: A <a@example.org>
Date: Mon, 4 Mar 2024 10:00:00 +0000
Subject: [PATCH v${version} ${part}/2] x: step ${part}
Message-ID: <${version}-${part}@example.org>

Why.
---
diff --git a/drivers/x.c b/drivers/x.c
--- a/drivers/x.c
+++ b/drivers/x.c
@@ -1,1 +1,2 @@
 int x;
+int y${part};

`;

describe('findings that leave the editor', () => {
  afterEach(closeAll);

  it('as a reply to the mail', async () => {
    // It has one finding: which ones go into the reply is not asked.
    const sample = readFileSync(path.join(samples, 'kexec-segments.eml'), 'utf8');
    const document = await open(sample, 'kernel-mail');
    await vscode.commands.executeCommand('kernelPatchReview.writeReply');
    const text = await until('the reply', () => shown('To: '), 60_000);
    assert.match(text, /^Subject: Re: \[PATCH/m);
    assert.match(text, /^In-Reply-To: <.*>$/m);
    assert.match(text, /^> \+.*\n\nThe patch removes td-exit /m);
    assert.notEqual(vscode.window.activeTextEditor?.document.uri.toString(), document.uri.toString());
  }).timeout(90_000);

  it('beside another version in the same document', async function () {
    // The editor may still be giving the front to another document: then the command asks, and nobody answers.
    this.retries(3);
    this.timeout(45_000);
    const text = [mail(1, 1), mail(1, 2), mail(2, 1), mail(2, 2)].join('');
    const document = await open(text, 'kernel-mail');
    await until('the document in front', () => vscode.window.activeTextEditor?.document === document);
    const done = vscode.commands.executeCommand('kernelPatchReview.compareVersions');
    await until('the comparison', () => shown('v2 beside v1: 0 gone, 0 new, 0 still there; '), 25_000);
    await done;
  });
});
