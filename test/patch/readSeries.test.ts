// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readDocuments } from '../../src/patch/readDocument';
import { readSeries } from '../../src/patch/series/readSeries';
import { change, mailbox, type TestMail } from '../support/mails';

/** `part key: value` of all trailers of the series of a version; mismatches end with `?`, others' versions are named. */
function trailersOf(mails: readonly TestMail[], version = 1): string[] {
  const series = readSeries(readDocuments([mailbox(mails)])).find((one) => one.version === version);
  return (series?.trailers ?? []).map(
    ({ part, key, value, mismatch, version: given }) =>
      `${part ?? 'all'} ${key}: ${value}${mismatch ? ' ?' : ''}${given === version ? '' : ` (v${given})`}`,
  );
}

const cover: TestMail = {
  id: 'c0',
  subject: '[PATCH 0/2] both',
  body: ' a.c | 1 +\n 1 file changed, 1 insertion(+)\n',
};
const first: TestMail = { id: 'c1', to: 'c0', subject: '[PATCH 1/2] one', body: change('a.c', 'one();') };
const second: TestMail = { id: 'c2', to: 'c0', subject: '[PATCH 2/2] two', body: change('b.c', 'two();') };
const series = [cover, first, second];

function reply(
  to: string,
  body: string,
  from = 'R Viewer <r@example.org>',
  id = `r${Math.abs(hash(to + body + from))}`,
): TestMail {
  return { id, to, from, subject: `Re: ${to}`, body };
}

function hash(text: string): number {
  let value = 0;
  for (const char of text) value = (value * 31 + char.charCodeAt(0)) | 0;
  return value;
}

describe('trailers of replies', () => {
  it('go to the patch that was answered, and to all parts from a reply to the cover letter', () => {
    const mails = [
      ...series,
      reply('c1', '> quoted\n\nReviewed-by: R Viewer <r@example.org>\n'),
      reply('c0', 'Tested-by: R Viewer <r@example.org> # on a laptop\n'),
    ];
    assert.deepEqual(trailersOf(mails), [
      'all Tested-by: R Viewer <r@example.org>',
      '1 Reviewed-by: R Viewer <r@example.org>',
    ]);
  });

  it('know their message and line', () => {
    const text = mailbox([...series, reply('c2', 'Fine.\n\nAcked-by: R Viewer <r@example.org>\n')]);
    const [found] = readSeries(readDocuments(['', text]));
    const line = text.split('\n').indexOf('Acked-by: R Viewer <r@example.org>') + 1;
    assert.deepEqual(found?.trailers[0]?.place, { document: 1, message: 3, line });
    assert.equal(found?.parts[1]?.message, 2);
  });

  it('are not those that are quoted, in a diff, or below the signature', () => {
    const mails = [
      ...series,
      reply('c1', '> Acked-by: R Viewer <r@example.org>\n\nno.\n-- \nReviewed-by: R Viewer <r@example.org>\n'),
      reply('c1', 'Rather this:\n\n@@ -1,2 +1,3 @@\n x\n+Tested-by: R Viewer <r@example.org>\n y\n'),
    ];
    assert.deepEqual(trailersOf(mails), []);
  });

  it('are marked where somebody else sent them', () => {
    const by = (from: string, value: string): string[] =>
      trailersOf([...series, reply('c1', `Acked-by: ${value}\n`, from)]);
    assert.deepEqual(by('R Viewer <r@example.org>', 'X Y <x@y.example>'), ['1 Acked-by: X Y <x@y.example> ?']);
    assert.deepEqual(by('R Viewer <r@home.example>', 'R Viewer <r@work.example>'), [
      '1 Acked-by: R Viewer <r@work.example>',
    ]);
    assert.deepEqual(by('"Viewer, R" <r@home.example>', 'R Viewer <r@work.example>'), [
      '1 Acked-by: R Viewer <r@work.example>',
    ]);
    assert.deepEqual(by('r <r+lists@corp.example>', 'R Viewer <r@corp.example>'), [
      '1 Acked-by: R Viewer <r@corp.example>',
    ]);
    assert.deepEqual(by('r <r@linux.corp.example>', 'R Viewer <r@corp.example>'), [
      '1 Acked-by: R Viewer <r@corp.example>',
    ]);
    assert.deepEqual(by('r <q@corp.example>', 'R Viewer <r@corp.example>'), [
      '1 Acked-by: R Viewer <r@corp.example> ?',
    ]);
  });

  it('are taken from answers to answers, once, and not when the patch has them', () => {
    const mails = [
      cover,
      { ...first, body: change('a.c', 'one();', 10, 'Acked-by: Known <k@example.org>') },
      second,
      reply('c1', 'Why?\n', 'R Viewer <r@example.org>', 'q'),
      reply('q', 'Because.\n', 'A Author <author@example.org>', 'q2'),
      reply('q2', 'OK.\nReviewed-by: R Viewer <r@example.org>\n'),
      reply('q2', 'Again:\nReviewed-By: R. Viewer <R@example.org>\n'),
      reply('c1', 'Acked-by: Known <k@example.org>\n', 'Known <k@example.org>'),
    ];
    assert.deepEqual(trailersOf(mails), ['1 Reviewed-by: R Viewer <r@example.org>']);
  });

  it('are put together where a mailer wrapped them, and only persons and fixes count', () => {
    const mails = [
      ...series,
      reply(
        'c1',
        'Reviewed-by: R Viewer\n<r@example.org>\nLink: https://x.example/1\nCc: Z <z@z.example>\nNote: this @ that\n',
      ),
      reply('c2', 'Fixes: 0123456789ab ("one")\n'),
    ];
    assert.deepEqual(trailersOf(mails), ['1 Reviewed-by: R Viewer <r@example.org>', '2 Fixes: 0123456789ab ("one")']);
  });

  it('are kept for the next version where the patch is the same, wherever it applies', () => {
    const next: TestMail[] = [
      { ...cover, id: 'd0', to: 'c0', subject: '[PATCH v2 0/2] both' },
      { id: 'd1', to: 'd0', subject: '[PATCH v2 1/2] one', body: change('a.c', 'one();', 90) },
      { id: 'd2', to: 'd0', subject: '[PATCH v2 2/2] two', body: change('b.c', 'other();') },
    ];
    const acks = [
      reply('c1', 'Acked-by: R Viewer <r@example.org>\n'),
      reply('c2', 'Acked-by: R Viewer <r@example.org>\n'),
    ];
    assert.deepEqual(trailersOf([...series, ...acks, ...next], 2), ['1 Acked-by: R Viewer <r@example.org> (v1)']);
  });

  const hasB4 = spawnSync('b4', ['--version']).status === 0;
  if (!hasB4) it.skip('are the same as b4 finds: needs b4, which is not installed');
  else
    it('are the same as b4 finds', () => {
      const mails = [
        ...series,
        reply('c1', '> x\nReviewed-by: R Viewer <r@example.org>\n'),
        reply('c0', 'Tested-by: T Ester <t@example.org>\n', 'T Ester <t@example.org>', 't'),
        reply('c2', 'Acked-by: Some One <one@example.org>\n', 'Other <other@example.net>'),
        reply('t', 'Acked-by: M Aintainer <m@sub.example.org>\n', 'm <m@example.org>'),
      ];
      const folder = mkdtempSync(path.join(tmpdir(), 'kpr-b4-'));
      try {
        writeFileSync(path.join(folder, 'in.mbox'), mailbox(mails));
        // Without a user it gives up.
        writeFileSync(path.join(folder, '.gitconfig'), '[user]\n\tname = A\n\temail = a@example.org\n');
        spawnSync('git', ['init', '-q', folder]);
        const call = ['--offline-mode', 'am', '--no-cache', '--apply-cover-trailers', '-m', 'in.mbox', '-o', folder];
        const { stderr } = spawnSync('b4', call, {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, HOME: folder },
        });
        const made = readdirSync(folder).find((name) => name.endsWith('.mbx'));
        assert.ok(made !== undefined, stderr);
        const parts = readFileSync(path.join(folder, made), 'utf8')
          .split(/^From /m)
          .slice(1);
        const theirs = parts.flatMap((part, i) =>
          [...part.matchAll(/^(?:Reviewed|Tested|Acked)-by: .*$/gm)].map(([trailer]) => `${i + 1} ${trailer}`),
        );
        const ours = trailersOf(mails)
          .filter((trailer) => !trailer.endsWith('?'))
          .flatMap((trailer) =>
            trailer.startsWith('all ') ? [1, 2].map((part) => `${part} ${trailer.slice(4)}`) : [trailer],
          );
        assert.deepEqual(ours.sort(), theirs.sort());
        assert.equal(theirs.length, 5);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
});

describe('two versions of a series in one mailbox', () => {
  const version = (number: number, mails: readonly TestMail[]): TestMail[] =>
    mails.map((mail) => ({
      ...mail,
      id: `v${number}${mail.id}`,
      ...(mail.to === undefined ? {} : { to: `v${number}${mail.to}` }),
      subject: number === 1 ? mail.subject : mail.subject.replace('[PATCH', `[PATCH v${number}`),
    }));

  it('are compared patch by patch, from the mails alone', () => {
    const later = [
      { ...cover, subject: '[PATCH 0/3] both' },
      { ...first, subject: '[PATCH 1/3] one' },
      { ...second, subject: '[PATCH 2/3] two', body: change('b.c', 'two();', 10, 'Acked-by: M <m@example.org>') },
      { id: 'c3', to: 'c0', subject: '[PATCH 3/3] three', body: change('c.c', 'three();') },
    ];
    const text = mailbox([...version(1, series), ...version(2, later)]);
    const [old, fresh] = readSeries(readDocuments([text]));
    assert.equal(old?.rangeDiff, null);
    assert.equal(fresh?.previous, 1);
    const lines = fresh?.rangeDiff?.split('\n') ?? [];
    assert.deepEqual(
      lines.filter((line) => !line.startsWith('    ')),
      ['1:  = 1:  one', '2:  ! 2:  two', '-:  > 3:  three', ''],
    );
    assert.deepEqual(
      lines.filter((line) => /^ {4}[-+]/.test(line)),
      ['    +    Acked-by: M <m@example.org>'],
    );
  });
});
