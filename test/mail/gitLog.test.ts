// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readDocument } from '../../src/patch/readDocument';
import { numstatOf } from '../patch/rows';
import { describeWithGit } from '../support/git';

const messages = [
  'a: start\n\nThe first text.\n\nFrom: nobody <no@example.org>\n    indented more\n\nSigned-off-by: Jane Doe <jane@example.org>\n',
  'a: a subject that goes on\nto a second line\n\nAnother text.\n',
  'a: no text\n',
];

describeWithGit('output of git log', () => {
  let repository = '';
  const git = (...words: readonly string[]): string => {
    const env = {
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_DATE: '2024-01-02T03:04:05+0100',
      GIT_COMMITTER_DATE: '2024-01-02T03:04:05+0100',
    };
    const config = ['-c', 'user.name=Jane Doe', '-c', 'user.email=jane@example.org'];
    const { status, stdout, stderr } = spawnSync('git', [...config, ...words], {
      cwd: repository,
      env,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    return stdout;
  };
  before(() => {
    repository = mkdtempSync(path.join(tmpdir(), 'kpr-log-'));
    git('init', '-q', '.');
    for (const [i, message] of messages.entries()) {
      writeFileSync(path.join(repository, 'a.c'), 'int a;\n'.repeat(i + 1));
      git('add', 'a.c');
      git('commit', '-q', '-m', message);
    }
  });
  after(() => rmSync(repository, { recursive: true }));

  const forms: (readonly string[])[] = [
    ['log', '-p'],
    ['log', '-p', '--stat'],
    ['log', '-p', '--pretty=fuller', '--decorate'],
  ];
  for (const form of forms) {
    it(`${form.join(' ')}: each commit is a message`, () => {
      const text = git(...form);
      const lines = text.split('\n');
      const found = readDocument(text).messages;
      assert.deepEqual(
        found.map((message) => [message.container, message.author, message.subject, message.date, message.body]),
        messages.toReversed().map((message) => {
          const [head = '', ...rest] = message.trimEnd().split('\n\n');
          const body = rest.length === 0 ? '' : `${rest.join('\n\n')}\n`;
          const author = { name: 'Jane Doe', email: 'jane@example.org' };
          return ['diff', author, head.replace('\n', ' '), 'Tue Jan 2 03:04:05 2024 +0100', body];
        }),
      );
      for (const message of found) {
        assert.deepEqual(numstatOf([message]), ['1\t0\ta.c']);
        assert.match(lines[message.line - 1] ?? '', /^commit /);
        assert.match(message.patchText, form.includes('--stat') ? /^---\n a\.c/ : /^diff --git/);
      }
      const [trailer, ...others] = found.at(-1)?.trailers ?? [];
      assert.deepEqual([trailer?.key, others.length], ['Signed-off-by', 0]);
      assert.match(lines[(trailer?.line ?? 0) - 1] ?? '', /^ {4}Signed-off-by/);
      assert.equal(
        found.reduce((sum, message) => sum + message.lines.length, 0),
        lines.length - 1,
      );
    });
  }

  it('git show is one message, with a header in the text above it too', () => {
    const [message, ...others] = readDocument(`Look at this:\n\n${git('show')}`).messages;
    assert.equal(others.length, 0);
    assert.equal(message?.subject, 'a: no text');
    assert.equal(message?.files.length, 1);
  });

  it('a mail that quotes such output without marks is the message', () => {
    const mail = `From: Richard Roe <rick@example.org>\nSubject: bisected\nDate: today\n\nThis one:\n\n${git('show')}`;
    const found = readDocument(mail).messages;
    assert.deepEqual(
      found.map((message) => [message.container, message.author?.name]),
      [['mail', 'Richard Roe']],
    );
  });
});
