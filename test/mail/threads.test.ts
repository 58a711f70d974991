// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findSeries } from '../../src/mail/series';
import { cleanSubject, readSubjectPrefix } from '../../src/mail/subject';
import { findThreads, type ThreadMail } from '../../src/mail/threads';

interface Row {
  readonly id?: string | null;
  readonly to?: string | undefined;
  readonly refs?: readonly string[];
  readonly patch?: boolean;
  readonly by?: string;
}

function mail(rawSubject: string, { id = null, to, refs = [], patch, by = 'a@x.example' }: Row = {}): ThreadMail {
  const isReply = /^re:/i.test(rawSubject);
  return {
    messageId: id,
    inReplyTo: to ?? null,
    references: refs,
    subject: cleanSubject(rawSubject),
    rawSubject,
    isReply,
    hasPatch: patch ?? (!isReply && !/ 0+\//.test(rawSubject)),
    author: { name: by, email: by },
    prefix: readSubjectPrefix(rawSubject),
  };
}

function threadsOf(mails: readonly ThreadMail[]): { parents: number[]; threads: number[]; duplicates: number[] } {
  const { parents, threads, duplicates } = findThreads(mails);
  return { parents: [...parents], threads: [...threads], duplicates: [...duplicates] };
}

describe('threads', () => {
  it('follow In-Reply-To, else the nearest reference that is there', () => {
    const { parents, threads } = threadsOf([
      mail('[PATCH] a', { id: '1' }),
      mail('Re: [PATCH] a', { id: '2', to: '1' }),
      mail('Re: [PATCH] a', { id: '4', to: 'gone', refs: ['1', '2', 'gone'] }),
      mail('[PATCH] b', { id: '5' }),
    ]);
    assert.deepEqual(parents, [-1, 0, 1, -1]);
    assert.deepEqual(threads, [0, 0, 0, 1]);
  });

  it('hold together what answers a mail that is not there', () => {
    const { parents, threads } = threadsOf([
      mail('[PATCH 1/2] a', { id: '1', to: 'cover' }),
      mail('[PATCH] x', { id: '9' }),
      mail('[PATCH 2/2] b', { id: '2', refs: ['cover'] }),
    ]);
    assert.deepEqual(parents, [-1, -1, -1]);
    assert.deepEqual(threads, [0, 1, 0]);
  });

  it('take a Message-ID for one mail however often it is there', () => {
    const { parents, duplicates } = threadsOf([
      mail('[PATCH] a', { id: '1' }),
      mail('[PATCH] a', { id: '1' }),
      mail('Re: [PATCH] a', { id: '2', to: '1' }),
    ]);
    assert.deepEqual(duplicates, [-1, 0, -1]);
    assert.deepEqual(parents, [-1, -1, 0]);
  });

  it('go by the subject where ids are missing, and only there', () => {
    const { parents } = threadsOf([
      mail('[PATCH v2 3/7] mm: a change'),
      mail('Re: [PATCH v2 3/7] mm: a change'),
      mail('Re: mm: a change', { id: '3', to: 'unknown' }),
      mail('[PATCH] other', { id: '4' }),
      mail('Re: [PATCH] other', { id: '5', to: 'elsewhere' }),
    ]);
    assert.deepEqual(parents, [-1, 0, 0, -1, -1]);
  });

  it('have no rings, whatever the ids say', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const row = fc.record({ id: fc.option(id), to: fc.option(id, { nil: undefined }), refs: fc.array(id) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
        const mails = rows.map((one, i) => mail(i % 3 === 0 ? '[PATCH 1/2] s' : 'Re: [PATCH 1/2] s', one));
        const found = findThreads(mails);
        for (let start = 0; start < mails.length; start++) {
          let at = start;
          for (let steps = 0; at >= 0; steps++) {
            assert.ok(steps <= mails.length);
            assert.equal(found.threads[at], found.threads[start]);
            at = found.parents[at] ?? -1;
          }
        }
        findSeries(mails, found);
      }),
    );
  });
});

describe('series', () => {
  function seriesOf(mails: readonly ThreadMail[]): object[] {
    return findSeries(mails, findThreads(mails)).map(({ version, cover, parts, missing, base, previous }) => ({
      version,
      cover,
      parts,
      missing,
      base,
      previous,
    }));
  }
  const none = { cover: -1, missing: [], base: -1, previous: -1 };

  it('have a cover letter and parts in order, and say which are missing', () => {
    assert.deepEqual(
      seriesOf([
        mail('[PATCH 3/4] c', { id: '3', to: '0' }),
        mail('[PATCH 0/4] all', { id: '0' }),
        mail('[PATCH 1/4] a', { id: '1', to: '0' }),
      ]),
      [{ ...none, version: 1, cover: 1, parts: [2, -1, 0, -1], missing: [2, 4] }],
    );
  });

  it('are one patch where it has no number', () => {
    assert.deepEqual(
      seriesOf([mail('[PATCH] a', { id: '1' }), mail('Re: [PATCH] a', { id: '2', to: '1', patch: true })]),
      [{ ...none, version: 1, parts: [0] }],
    );
  });

  it('are kept apart from the version that they were sent in reply to', () => {
    assert.deepEqual(
      seriesOf([
        mail('[PATCH 0/2] all', { id: '0' }),
        mail('[PATCH 1/2] a', { id: '1', to: '0' }),
        mail('[PATCH 2/2] b', { id: '2', to: '0' }),
        mail('[PATCH v2 0/2] all', { id: '10', to: '0' }),
        mail('[PATCH v2 1/2] a', { id: '11', to: '10' }),
        mail('[PATCH v2 2/2] b', { id: '12', to: '10' }),
      ]),
      [
        { ...none, version: 1, cover: 0, parts: [1, 2] },
        { ...none, version: 2, cover: 3, parts: [4, 5], previous: 0 },
      ],
    );
  });

  it('without a cover letter hang together by the mail that all answer', () => {
    assert.deepEqual(
      seriesOf([
        mail('[PATCH 1/3] a', { id: '1' }),
        mail('[PATCH 2/3] b', { id: '2', to: '1' }),
        mail('[PATCH 3/3] c', { id: '3', to: '2' }),
        mail('[PATCH 1/3] x', { id: '4', to: 'gone', by: 'b@x.example' }),
        mail('[PATCH 3/3] z', { id: '5', to: 'gone', by: 'b@x.example' }),
      ]),
      [
        { ...none, version: 1, parts: [0, 1, 2] },
        { ...none, version: 1, parts: [3, -1, 4], missing: [2] },
      ],
    );
  });

  it('take the parts that were not sent again from the version before', () => {
    assert.deepEqual(
      seriesOf([
        mail('[PATCH v5 0/2] all', { id: '0' }),
        mail('[PATCH v5 1/2] a', { id: '1', to: '0' }),
        mail('[PATCH v5 2/2] b', { id: '2', to: '0' }),
        mail('Re: [PATCH v5 2/2] b', { id: '3', to: '2', by: 'r@x.example' }),
        mail('[PATCH v5.1 2/2] b', { id: '4', to: '3' }),
        mail('[PATCH v6 1/2] a', { id: '5', to: '1' }),
      ]),
      [
        { ...none, version: 5, cover: 0, parts: [1, 2] },
        { ...none, version: 5.1, cover: 0, parts: [1, 4], base: 0, previous: 0 },
        { ...none, version: 6, parts: [5, -1], missing: [2], previous: 1 },
      ],
    );
    assert.deepEqual(
      seriesOf([
        mail('[PATCH 1/2] a', { id: '1', to: '0' }),
        mail('[PATCH 2/2] b', { id: '2', to: '0' }),
        mail('[PATCH v2 2/2] b', { id: '3', to: '2' }),
      ]).at(-1),
      { ...none, version: 2, parts: [0, 2], base: 0, previous: 0 },
    );
  });

  it('know their version from the cover letter where only that has it', () => {
    assert.deepEqual(
      seriesOf([
        mail('fixes and cleanups v3', { id: '0', patch: false }),
        mail('[PATCH 1/2] a', { id: '1', to: '0' }),
        mail('[PATCH 2/2] b', { id: '2', to: '0' }),
      ]),
      [{ ...none, version: 3, cover: 0, parts: [1, 2] }],
    );
  });

  it('sent again are series of their own, and so are those of other trees', () => {
    const mails = [
      mail('[PATCH 1/2] a', { id: '1' }),
      mail('[PATCH 2/2] b', { id: '2', to: '1' }),
      mail('[PATCH RESEND 1/2] a', { id: '3', to: '1' }),
      mail('[PATCH RESEND 2/2] b', { id: '4', to: '3' }),
      mail('[PATCH 6.1 1/2] a', { id: '5', to: '1' }),
      mail('[PATCH 6.1 2/2] b', { id: '6', to: '5' }),
    ];
    assert.deepEqual(
      findSeries(mails, findThreads(mails)).map(({ parts }) => parts),
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    );
  });

  it('are found by their numbers where ids are missing', () => {
    const mails = [
      mail('[PATCH v2 0/2] all', { by: 'b@x.example' }),
      mail('[PATCH v2 1/2] a', { by: 'b@x.example' }),
      mail('[PATCH v2 2/2] b', { by: 'b@x.example' }),
      mail('[PATCH v2 2/2] other', { by: 'c@x.example' }),
    ];
    assert.deepEqual(
      findSeries(mails, findThreads(mails)).map(({ cover, parts }) => [cover, ...parts]),
      [
        [0, 1, 2],
        [-1, -1, 3],
      ],
    );
  });

  it('are found by their numbers where no mail of them answers another', () => {
    const mails = [
      mail('[PATCH 2/2] b', { id: '2' }),
      mail('[PATCH 0/2] all', { id: '0' }),
      mail('[PATCH 1/2] other', { id: '3', by: 'c@x.example' }),
      mail('[PATCH 1/2] a', { id: '1' }),
      mail('[PATCH 1/2] next', { id: '4' }),
      mail('[PATCH 2/2] of one that is missing', { id: '5', to: 'gone' }),
    ];
    assert.deepEqual(
      findSeries(mails, findThreads(mails)).map(({ cover, parts }) => [cover, ...parts]),
      [
        [1, 3, 0],
        [-1, 2, -1],
        [-1, 4, -1],
        [-1, -1, 5],
      ],
    );
  });

  it('know the version of a single patch from behind its subject', () => {
    const mails = [mail('[PATCH] drm: a', { id: '1' }), mail('[PATCH] drm: a (v2)', { id: '2' })];
    assert.deepEqual(
      findSeries(mails, findThreads(mails)).map(({ version, previous }) => [version, previous]),
      [
        [1, -1],
        [2, 0],
      ],
    );
  });
});
